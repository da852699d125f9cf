import { TaskExplanation } from '@molecule/contract/task-explain'
import { expect, test } from 'vitest'
import type { Db, TaskRow } from '../../db/tables.ts'
import { fakeClock } from '../../testing/fake-clock.ts'
import {
  givenOnline,
  givenOrg,
  givenRunning,
  givenTask,
  leaseOne,
  refOf,
  taskNow,
} from '../../testing/given.ts'
import { testDb } from '../../testing/test-db.ts'
import { pauseWorkspace } from '../workspace/workspace-pause.ts'
import { completeAttempt } from './task-attempt.ts'
import { cancelTask } from './task-cancel.ts'
import { explainTask } from './task-explain.ts'
import { extendTask, retryTask } from './task-retry.ts'

async function given() {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const busy = await givenRunning(db, org)
  const explain = async ({ id }: Pick<TaskRow, 'id'>) =>
    TaskExplanation.parse(await explainTask(db, await taskNow(db, id)))
  return { clock, db, org, busy, explain }
}

const possible = ({ actions }: TaskExplanation) =>
  actions.filter((each) => each.possible).map(({ action }) => action)

test('a running task is held by an attempt, and has a deadline before it', async () => {
  const { busy, explain } = await given()

  const told = await explain(busy.task)

  expect(told).toMatchObject({
    status: 'in_progress',
    waits_for: 'nothing',
    ahead: null,
    holder: { workspace_id: busy.workspace.id, attempt: 1, incarnation: 1 },
    next: { what: 'deadline', at: expect.any(String) },
    text: 'Its agent works on it, in attempt 1.',
  })
  expect(possible(told)).toEqual(['cancel', 'extend'])
})

test('a queued task tells how many come before it', async () => {
  const { db, org, busy, explain } = await given()
  await givenTask(db, org, busy.workspace.id, { text: 'first' })
  const second = await givenTask(db, org, busy.workspace.id, { text: 'second' })

  expect(await explain(second)).toMatchObject({
    waits_for: 'turn',
    ahead: 1,
    holder: null,
    text: 'Its agent takes up one other first.',
  })
})

test('a task of a paused workspace waits for it, and no deadline comes meanwhile', async () => {
  const { db, org, busy, explain } = await given()
  const waiting = await givenTask(db, org, busy.workspace.id)
  await pauseWorkspace(db, org.admin, busy.workspace.id)

  expect(await explain(waiting)).toMatchObject({
    waits_for: 'workspace_paused',
    next: { what: 'nothing', at: null },
    text: expect.stringContaining('is paused'),
  })
})

test('a lead that waits for its parts names them', async () => {
  const { db, org, busy, explain } = await given()
  const helper = await givenOnline(db, org, { parent_id: busy.workspace.id })
  const part = await givenTask(db, org, helper.workspace.id, {
    caller: { kind: 'workspace', id: busy.workspace.id },
    parentTaskId: busy.task.id,
  })

  expect(await explain(busy.task)).toMatchObject({ waits_for: 'children', children: [part.id] })
})

test('what has ended can be asked for again, once, and says by what it was replaced', async () => {
  const { db, org, busy, explain } = await given()
  await end(db, busy)

  const [one, other] = await Promise.all([
    retryTask(db, org.admin, busy.task.id),
    retryTask(db, org.admin, busy.task.id),
  ])

  expect(one.id).toBe(other.id)
  expect(one).toMatchObject({
    status: 'queued',
    retryOf: busy.task.id,
    calleeId: busy.workspace.id,
  })
  expect((await leaseOne(db, busy.host)).text).toBe('work')
  const told = await explain(busy.task)
  expect(possible(told)).toEqual([])
  expect(told.actions.find(({ action }) => action === 'retry')?.why).toContain(one.id)
})

async function end(db: Db, { host, attempt }: Awaited<ReturnType<typeof givenRunning>>) {
  await completeAttempt(db, host, { ...refOf(attempt), outcome: 'completed', result: 'done' })
}

test('what has not ended is not asked for twice', async () => {
  const { db, org, busy } = await given()

  await expect(retryTask(db, org.admin, busy.task.id)).rejects.toMatchObject({
    code: 'not_allowed_now',
  })
})

test('more time moves a deadline on, from now where it is over already', async () => {
  const { clock, db, org, busy } = await given()
  const task = await givenTask(db, org, busy.workspace.id, { deadlineS: 60 })

  const longer = await extendTask(db, org.admin, task.id, 60)
  await clock.advance(200_000)
  const late = await extendTask(db, org.admin, task.id, 10)

  expect(longer.deadline).toBe(task.deadline + 60_000)
  expect(late.deadline).toBe(clock.now() + 10_000)
})

test('what has ended gets no more time, and what is canceled says so', async () => {
  const { db, org, busy, explain } = await given()
  await cancelTask(db, org.admin, busy.task.id)
  const canceling = await explain(busy.task)
  await completeAttempt(db, busy.host, { ...refOf(busy.attempt), outcome: 'canceled' })

  await expect(extendTask(db, org.admin, busy.task.id, 5)).rejects.toMatchObject({
    code: 'already_terminal',
  })
  expect(canceling.text).toContain('It was canceled')
  expect((await explain(busy.task)).text).toMatch(/^It has ended: canceled\./)
})
