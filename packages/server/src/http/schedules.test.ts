import type { ScheduleId } from '@molecule/contract/id'
import type { CreateSchedule } from '@molecule/contract/schedule'
import { expect, test } from 'vitest'
import { transact } from '../db/transact.ts'
import { scheduler } from '../reconcile/scheduler.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { type TestServer, testServer } from '../testing/test-server.ts'

const quiet = { info() {}, warn() {}, error() {} }
const HOUR = 3600_000
const daily = { cron_expr: '0 9 * * *', prompt: 'Look around' } satisfies CreateSchedule

async function given(input: Partial<CreateSchedule> = {}) {
  const server = await testServer()
  const { client } = server
  const { id } = await client.workspaces.create({ name: 'W', external: true })
  const { id: schedule } = await client.schedules.create(id, { ...daily, ...input })
  const key = { workspace: id, schedule }
  return {
    ...{ server, client, id, key },
    tasks: async () => (await client.tasks.list({ workspace_id: id })).tasks,
    get: async () => (await client.schedules.list(id))[0],
    wasDue: (ago: number) => dueSince(server, schedule, Date.now() - ago),
    round: () => scheduler({ db: server.db, log: quiet }).round(new AbortController().signal),
  }
}

/** As if so long no server had run. */
const dueSince = ({ db }: TestServer, id: string, nextRunAt: number) =>
  transact(db, (tx) =>
    tx
      .updateTable('schedules')
      .set({ nextRunAt })
      .where('id', '=', id as ScheduleId)
      .execute(),
  )

test('LC-41: CM-66: run now runs, as work of the schedule', async () => {
  const { client, key, tasks, get } = await given()

  const { task_id } = await client.schedules.run(key)

  expect(await tasks()).toMatchObject([
    { id: task_id, caller: { kind: 'schedule', id: key.schedule }, status: 'queued' },
  ])
  expect(await get()).toMatchObject({ last_status: 'ok', last_task_id: task_id, run_count: 1 })
  expect(await client.schedules.history(key)).toMatchObject([
    { outcome: 'fired', task_id, task_status: 'queued' },
  ])
})

test('a time that has come is fired once, and the next one is in the future', async () => {
  const { tasks, get, wasDue, round } = await given()
  await wasDue(5000)

  await Promise.all([round(), round(), round()])
  await round()

  expect(await tasks()).toHaveLength(1)
  const { next_run_at, status } = (await get()) ?? {}
  expect(Date.parse(next_run_at ?? '')).toBeGreaterThan(Date.now())
  expect(status).toBe('ok')
})

test.each([
  ['skip', 0, 'skipped'],
  ['once', 1, 'ok'],
  ['all', 3, 'ok'],
] as const)('LC-41: times that passed while no server ran: %s', async (misfire, count, outcome) => {
  // In the middle of an hour that is not the present minute: the last time was long enough ago to be missed.
  const minute = (new Date().getUTCMinutes() + 30) % 60
  const { tasks, get, wasDue, round } = await given({ cron_expr: `${minute} * * * *`, misfire })
  await wasDue(3 * HOUR)

  await round()

  expect((await tasks()).length).toBe(count)
  expect(await get()).toMatchObject({ last_status: outcome })
})

test('one whose work has not ended is not asked again, unless it queues', async () => {
  const { client, id, key, tasks, get, wasDue, round } = await given()
  await client.schedules.run(key)
  await wasDue(1000)
  await round()
  const skipped = await get()
  await client.schedules.update(key, { busy: 'queue' })
  await wasDue(1000)

  await round()

  expect(skipped).toMatchObject({
    last_status: 'skipped',
    last_error: 'the work of the time before has not ended',
  })
  expect(await tasks()).toHaveLength(2)
  expect((await client.schedules.history(key)).map(({ outcome }) => outcome).sort()).toEqual([
    'fired',
    'fired',
    'skipped',
  ])
  const { events } = await client.events({ limit: 50 })
  expect(events.filter(({ event }) => event === 'CRON_SKIPPED')).toMatchObject([
    { workspace_id: id, payload: { schedule_id: key.schedule, name: 'schedule 1' } },
  ])
})

test('LC-63: a paused workspace is asked nothing, or what waits for its resume, as its policy says', async () => {
  const { client, id, key, tasks, get, wasDue, round } = await given()
  await client.workspaces.pause(id)
  await wasDue(1000)
  await round()
  const skipped = { ...(await get()), tasks: await tasks() }
  await client.schedules.update(key, { paused: 'wait' })
  await wasDue(1000)

  await round()

  expect(skipped).toMatchObject({ last_error: 'the workspace is paused', tasks: [] })
  expect(await tasks()).toMatchObject([{ status: 'queued', waiting_for: 'workspace' }])
})

test('LC-41: enabled again, and with another rhythm, it counts from now', async () => {
  const { client, key, tasks, wasDue, round } = await given()
  await wasDue(2 * HOUR)
  await client.schedules.update(key, { enabled: false })
  await round()

  const enabled = await client.schedules.update(key, { enabled: true })
  await round()

  expect(Date.parse(enabled.next_run_at ?? '')).toBeGreaterThan(Date.now())
  expect(await tasks()).toEqual([])
})

test('LC-41: CM-69: one that cannot be fired is moved on with the reason, and holds up no other', async () => {
  const { server, client, id, key, wasDue, round } = await given()
  const other = await client.schedules.create(id, { ...daily, name: 'other' })
  await wasDue(1000)
  await dueSince(server, other.id, Date.now() - 500)
  await transact(server.db, (tx) =>
    tx
      .updateTable('schedules')
      .set({ cronExpr: 'nonsense' })
      .where('id', '=', key.schedule)
      .execute(),
  )

  await round()

  const all = await client.schedules.list(id)
  expect(all).toMatchObject([
    { name: 'other', last_status: 'ok' },
    { name: 'schedule 1', last_status: 'error', next_run_at: null },
  ])
})

test.each([
  [{ cron_expr: '0 9 * *' }, 'is no schedule'],
  [{ cron_expr: '0 0 30 2 *' }, 'it never comes'],
  [{ timezone: 'Berlin' }, 'in Berlin is no schedule'],
  [{ prompt: ' ' }, 'prompt'],
])('%j is refused', async (bad, why) => {
  const { client, id } = await given()

  const refused = await client.schedules
    .create(id, { ...daily, ...bad })
    .catch((error) => error.problem)

  expect(refused).toMatchObject({ code: 'invalid' })
  expect(JSON.stringify(refused)).toContain(why)
})

test('a name is taken once, a prompt keeps no carriage returns, and a schedule goes with its workspace', async () => {
  const { server, client, id } = await given({ name: 'daily', prompt: 'one\r\ntwo' })

  const refused = await client.schedules
    .create(id, { ...daily, name: 'daily' })
    .catch((e) => e.code)
  const [before] = await client.schedules.list(id)
  await client.workspaces.remove(id)

  expect(refused).toBe('name_taken')
  expect(before?.prompt).toBe('one\ntwo')
  expect(await server.db.selectFrom('schedules').selectAll().execute()).toEqual([])
})

test('LC-29: an agent has its own schedules; of its peers it sees neither what nor when, of others nothing', async () => {
  const server = await testServer()
  const { client } = server
  const agent = await givenHosted(server, { name: 'agent' })
  const peer = await client.workspaces.create({ name: 'peer', external: true })
  const below = await client.workspaces.create({
    name: 'stranger',
    parent_id: peer.id,
    external: true,
  })
  for (const { id } of [peer, below]) await client.schedules.create(id, daily)
  const asAgent = (method: string, path: string, body?: unknown) =>
    server.request(method, path, {
      headers: { authorization: `Bearer ${agent.agent}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })

  const own = await asAgent('POST', `/workspaces/${agent.id}/schedules`, daily)
  const ofPeer = await asAgent('GET', `/workspaces/${peer.id}/schedules`)
  const health = await asAgent('GET', `/workspaces/${peer.id}/schedules/health`)
  const ofStranger = await asAgent('GET', `/workspaces/${below.id}/schedules/health`)

  expect([own, ofPeer, health, ofStranger].map(({ status }) => status)).toEqual([
    201, 403, 200, 403,
  ])
  const [told] = (await health.json()) as object[]
  expect(told).toMatchObject({ name: 'schedule 1', status: 'never_run' })
  expect(told).not.toHaveProperty('prompt')
  expect(told).not.toHaveProperty('cron_expr')
  expect(await client.schedules.health()).toHaveLength(3)
})

test('LC-41: two replicas fire 500 schedules that are due exactly once each', {
  timeout: 60_000,
}, async () => {
  const first = await testServer()
  // The embedded database has one server; there two schedulers of it race.
  const isShared = process.env.TEST_DATABASE_URL !== undefined
  const second = isShared ? await testServer({ env: { DATABASE_URL: first.databaseUrl } }) : first
  const { client, db } = second
  const asked = await Promise.all(
    Array.from({ length: 25 }, async (_, n) => {
      const { id } = await client.workspaces.create({ name: `W${n}`, external: true })
      return client.schedules.create(id, daily)
    }),
  )
  await transact(db, async (tx) => {
    const rows = await tx.selectFrom('schedules').selectAll().execute()
    for (let n = 0; n < 500; n += 1)
      await tx
        .insertInto('schedules')
        .values({
          ...(rows[n % asked.length] ?? expect.fail('no schedule')),
          id: crypto.randomUUID() as ScheduleId,
          name: `due ${n}`,
          nextRunAt: Date.now() - 1000,
        })
        .execute()
  })

  const rounds = [first, second].map((each) =>
    scheduler({ db: each.db, log: quiet }).round(new AbortController().signal),
  )
  await Promise.all(rounds)

  const fired = await db
    .selectFrom('tasks')
    .select(['callerId', (is) => is.fn.countAll<number>().as('count')])
    .groupBy('callerId')
    .execute()
  expect(fired).toHaveLength(500)
  expect(fired.every(({ count }) => Number(count) === 1)).toBe(true)
})

test('the results of a schedule go to the inbox that it names, and to nobody it could not talk to', async () => {
  const server = await testServer()
  const { client } = server
  const lead = await client.workspaces.create({ name: 'Lead', external: true })
  const worker = await givenHosted(server, { name: 'Worker', parent_id: lead.id })
  const other = await client.workspaces.create({ name: 'Other', external: true })
  const below = await client.workspaces.create({
    ...{ name: 'Below', parent_id: other.id, external: true },
  })
  const { id } = await client.schedules.create(worker.id, { ...daily, report_to: lead.id })
  const key = { workspace: worker.id, schedule: id }

  const { task_id } = await client.schedules.run(key)
  await client.tasks.cancel(task_id)

  expect((await client.workspaces.inbox(lead.id)).items).toMatchObject([
    { kind: 'result', task_id, from_id: worker.id, status: 'canceled' },
  ])
  for (const report_to of [below.id, crypto.randomUUID()])
    await expect(client.schedules.update(key, { report_to })).rejects.toMatchObject({
      code: 'forbidden_pair',
    })
  expect(await client.schedules.update(key, { report_to: null })).toMatchObject({ report_to: null })
  const again = await client.schedules.run(key)
  await client.tasks.cancel(again.task_id)
  expect((await client.workspaces.inbox(lead.id)).items).toHaveLength(1)
})
