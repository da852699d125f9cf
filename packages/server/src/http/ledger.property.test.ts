import { randomUUID } from 'node:crypto'
import type { UpdatedDelegation } from '@molecule/contract/delegation'
import type { CompleteReply, LeaseReply } from '@molecule/contract/host'
import type { TaskId } from '@molecule/contract/id'
import { type DelegateResult, isTerminal, type Task } from '@molecule/contract/task'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { transact } from '../db/transact.ts'
import { taskSweeper } from '../reconcile/task-sweeper.ts'
import { givenHosted } from '../testing/given-credential.ts'
import * as model from '../testing/ledger-model.ts'
import { bodyOf, type TestServer, testServer } from '../testing/test-server.ts'

const outcomes = ['completed', 'failed', 'canceled', 'interrupted'] as const
const updates = ['queued', 'in_progress', 'completed', 'failed'] as const

/** `of` chooses what the step is done to, among what there is by then. */
interface Step {
  do: keyof typeof alone | keyof typeof onHanded | keyof typeof onTask
  of: number
  isKeyed?: boolean
  isSame?: boolean
  status?: model.Update
  outcome?: (typeof outcomes)[number]
}

const of = fc.nat({ max: 1000 })
const stepOf = (name: Step['do'], weight: number, fields: object = {}) => ({
  weight,
  arbitrary: fc.record<Step>({ do: fc.constant(name), of, ...fields }),
})
const step = fc.oneof(
  stepOf('delegate', 3, { isKeyed: fc.boolean() }),
  stepOf('lease', 5),
  stepOf('start', 5),
  stepOf('complete', 6, { outcome: fc.constantFrom(...outcomes) }),
  stepOf('record', 2, { isSame: fc.boolean() }),
  stepOf('update', 3, { status: fc.constantFrom(...updates) }),
  stepOf('cancel', 2),
  stepOf('retry', 1),
  stepOf('extend', 1),
  stepOf('progress', 1),
  stepOf('handOverExpires', 2),
  stepOf('timeIsOver', 1),
  stepOf('dropStale', 1),
)

const quiet = { info() {}, warn() {}, error() {} }
const never = new AbortController().signal

/** Two workspaces, whose host and agents the test plays, and what the model knows of them. */
async function givenPair(server: TestServer) {
  const name = randomUUID()
  const lead = await givenHosted(server, { name: `lead ${name}` })
  const worker = await givenHosted(server, {
    name: `worker ${name}`,
    parent_id: lead.id,
    max_concurrent_tasks: 3,
  })
  const call = (token: string, path: string, body: object = {}) =>
    server.request('POST', path, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  return {
    server,
    lead,
    worker,
    tasks: [] as model.ModelTask[],
    handed: [] as model.AttemptRef[],
    keys: new Map<string, model.ModelTask>(),
    asAdmin: (path: string, body?: object) => call(server.adminToken, path, body),
    asLead: (path: string, body?: object) => call(lead.agent, path, body),
    asWorker: (path: string, body?: object) => call(worker.agent, path, body),
    asHost: (path: string, body?: object) => call(worker.host, path, body),
  }
}
type Pair = Awaited<ReturnType<typeof givenPair>>

const pick = <T>(list: readonly T[], n: number): T | undefined => list[n % list.length]
const words = () => `words ${randomUUID()}`

async function verdictOf(answer: Response): Promise<string> {
  if (answer.ok) return 'ok'
  const { code } = await bodyOf<{ code: string }>(answer.clone())
  return code
}

const HOUR_MS = 3_600_000

/** Moves a time of a row into the past instead of waiting; not so far that its idempotency key would be forgotten. */
const makeOld = ({ server }: Pair, id: string, what: 'deadline' | 'createdAt'): Promise<unknown> =>
  transact(server.db, (tx) =>
    tx
      .updateTable('tasks')
      .set({ [what]: Date.now() - 2 * HOUR_MS })
      .where('id', '=', id as TaskId)
      .execute(),
  )

async function delegate(pair: Pair, { isKeyed, of: n }: Step) {
  const key = `key ${n % 3}`
  const known = isKeyed ? pair.keys.get(key) : undefined
  const text = known?.text ?? words()
  const answer = await pair.asLead(`/workspaces/${pair.lead.id}/delegate`, {
    target_id: pair.worker.id,
    task: text,
    ...(isKeyed ? { idempotency_key: key } : {}),
  })
  const told = await bodyOf<DelegateResult>(answer)
  expect(answer.status).toBe(known ? 200 : 202)
  if (known) return expect(told.delegation_id).toBe(known.id)
  const task = model.newTask(told.delegation_id, text)
  pair.tasks.push(task)
  if (isKeyed) pair.keys.set(key, task)
}

async function record(pair: Pair, { of: n, isSame }: Step) {
  const known = n % 2 === 0 ? pick(pair.tasks, n) : undefined
  const task = known ?? model.newTask(randomUUID(), words(), true)
  const text = known && !isSame ? words() : task.text
  const answer = await pair.asLead(`/workspaces/${pair.lead.id}/delegations/record`, {
    target_id: pair.worker.id,
    task: text,
    delegation_id: task.id,
  })
  expect(await verdictOf(answer)).toBe(known ? model.recordAgain(known, text) : 'ok')
  if (!known) pair.tasks.push(task)
}

async function update(pair: Pair, task: model.ModelTask, status: model.Update) {
  const text = words()
  const answer = await pair.asLead(`/workspaces/${pair.lead.id}/delegations/${task.id}/update`, {
    status,
    response_preview: text,
  })
  model.update(task, status, text)
  expect(await bodyOf<UpdatedDelegation>(answer)).toMatchObject({ status: task.status })
}

async function lease(pair: Pair) {
  const running = pair.handed.map(({ task, no }) => ({ task_id: task.id, attempt: no }))
  const body = { capacity: 3, wait_s: 0, running: running.slice(-100) }
  const { attempts } = await bodyOf<LeaseReply>(await pair.asHost('/host/lease', body))
  for (const { task_id, attempt: no, fence, text } of attempts) {
    const task = pair.tasks.find(({ id }) => id === task_id)
    if (!task) throw new Error(`an unknown task was handed over: ${task_id}`)
    const ref = { task, no, fence }
    expect(model.mayBeLeased(ref), `attempt ${no} of ${JSON.stringify(task)}`).toBe(true)
    expect(text).toBe(task.text)
    model.lease(ref)
    pair.handed.push(ref)
  }
}

const wireOf = ({ task, no, fence }: model.AttemptRef) => ({
  task_id: task.id,
  attempt: no,
  fence,
})

async function complete(pair: Pair, ref: model.AttemptRef, outcome: (typeof outcomes)[number]) {
  const result = words()
  const answer = await pair.asHost('/host/complete', { ...wireOf(ref), outcome, result })
  const { verdict, ...expected } = model.complete(ref, outcome, result)
  expect(await verdictOf(answer)).toBe(verdict)
  if (verdict === 'ok') expect(await bodyOf<CompleteReply>(answer)).toEqual(expected)
}

async function retry(pair: Pair, task: model.ModelTask) {
  const answer = await pair.asAdmin(`/tasks/${task.id}/retry`)
  expect(await verdictOf(answer)).toBe(model.retry(task))
  if (!answer.ok) return
  const { id } = await bodyOf<Task>(answer)
  if (task.supersededBy !== null) return expect(id).toBe(task.supersededBy)
  task.supersededBy = id
  pair.tasks.push(model.newTask(id, task.text))
}

async function handOverExpires(pair: Pair, { task, no }: model.AttemptRef) {
  await transact(pair.server.db, (tx) =>
    tx
      .updateTable('taskAttempts')
      .set({ leaseExpiresAt: 1 })
      .where('taskId', '=', task.id as TaskId)
      .where('no', '=', no)
      .execute(),
  )
}

async function timeIsOver(pair: Pair, task: model.ModelTask) {
  await makeOld(pair, task.id, 'deadline')
  const options = { db: pair.server.db, log: quiet, everyMs: 300_000, stuckAfterMs: 600_000 }
  await taskSweeper(options).round(never)
  model.timeIsOver(task)
}

async function dropStale(pair: Pair, task: model.ModelTask) {
  await makeOld(pair, task.id, 'createdAt')
  const query = `max_age_minutes=60&workspace_id=${pair.worker.id}`
  const answer = await pair.asAdmin(`/admin/a2a-queue/drop-stale?${query}`)
  expect(await bodyOf(answer)).toEqual({ dropped: model.dropStale(task) })
}

const onHanded = {
  start: async (pair: Pair, ref: model.AttemptRef) => {
    const answer = await pair.asHost('/host/start', wireOf(ref))
    expect(await verdictOf(answer)).toBe(model.start(ref))
  },
  complete: (pair: Pair, ref: model.AttemptRef, { outcome }: Step) =>
    complete(pair, ref, outcome ?? 'completed'),
  handOverExpires,
}

const onTask = {
  update: (pair: Pair, task: model.ModelTask, { status }: Step) =>
    update(pair, task, status ?? 'completed'),
  retry,
  timeIsOver,
  dropStale,
  cancel: async (pair: Pair, task: model.ModelTask) => {
    const answer = await pair.asAdmin(`/tasks/${task.id}/cancel`)
    expect(await verdictOf(answer)).toBe(model.cancel(task))
  },
  extend: async (pair: Pair, task: model.ModelTask) => {
    const answer = await pair.asAdmin(`/tasks/${task.id}/extend`, { seconds: 60 })
    expect(await verdictOf(answer)).toBe(model.extend(task))
  },
  progress: async (pair: Pair, task: model.ModelTask) => {
    const answer = await pair.asWorker(`/tasks/${task.id}/progress`)
    expect(await verdictOf(answer)).toBe(model.extend(task))
  },
}

const alone = { delegate, record, lease }

const has = <T extends object>(table: T, name: PropertyKey): name is keyof T => name in table

async function act(pair: Pair, each: Step): Promise<void> {
  const task = pick(pair.tasks, each.of)
  const ref = pick(pair.handed, each.of)
  if (has(alone, each.do)) await alone[each.do](pair, each)
  else if (has(onHanded, each.do)) await (ref && onHanded[each.do](pair, ref, each))
  else if (has(onTask, each.do)) await (task && onTask[each.do](pair, task, each))
}

async function expectRowsAgree({ server, tasks, lead }: Pair) {
  for (const task of tasks) {
    const row = await server.client.tasks.get(task.id)
    expect({ id: row.id, status: row.status, result: row.result ?? null }).toEqual({
      id: task.id,
      status: task.status,
      result: task.result,
    })
    expect(row.attempts.map(({ outcome }) => outcome)).toEqual(
      task.attempts.map(({ outcome }) => outcome),
    )
  }
  const { items } = await server.client.workspaces.inbox(lead.id)
  for (const task of tasks) {
    const told = items.filter(({ task_id }) => task_id === task.id)
    expect(told.filter(({ late }) => !late)).toHaveLength(isTerminal(task.status) ? 1 : 0)
    expect(told.filter(({ late }) => late)).toHaveLength(task.lateTold)
  }
}

/** On a slow database fewer runs fit. */
const MOST_MS = 25_000
/** Another one looks at other sequences: LEDGER_SEED=$RANDOM. */
const SEED = Number(process.env.LEDGER_SEED ?? 1)

test('CM-83: CM-86: RD-38: whatever is called in whatever order, and however often, the row is what the model says', async () => {
  const server = await testServer({ env: { RATE_LIMIT: '999999999' } })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const pair = await givenPair(server)
      for (const each of steps) await act(pair, each)
      await expectRowsAgree(pair)
    }),
    { numRuns: 40, interruptAfterTimeLimit: MOST_MS, seed: SEED },
  )
}, 90_000)
