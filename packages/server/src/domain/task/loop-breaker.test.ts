import { expect, test } from 'vitest'
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
import { readInbox } from '../inbox/inbox-store.ts'
import { dropStale } from './delegation-ledger.ts'
import { completeAttempt, startAttempt } from './task-attempt.ts'
import { createTask } from './task-create.ts'

async function given() {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const lead = await givenRunning(db, org)
  const helper = await givenOnline(db, org, {
    parent_id: lead.workspace.id,
    max_concurrent_tasks: 100,
  })
  const ask = (
    text: string,
    from = lead.workspace.id,
    to = helper.workspace.id,
    parent = lead.task.id,
  ) =>
    createTask(db, org.scope, {
      caller: { kind: 'workspace', id: from },
      calleeId: to,
      text,
      parentTaskId: parent,
    })
  const answer = async (result: string) => {
    const attempt = await leaseOne(db, helper.host)
    await startAttempt(db, helper.host, refOf(attempt))
    await completeAttempt(db, helper.host, { ...refOf(attempt), outcome: 'completed', result })
  }
  return { clock, db, org, lead, helper, ask, answer }
}

test('the same answer six times ends that edge, with evidence, and no other', async () => {
  const { db, org, lead, helper, ask, answer } = await given()
  for (let n = 0; n < 6; n++) {
    await ask(`again ${n}`)
    await answer('the same')
  }

  const seventh = ask('again 7')

  await expect(seventh).rejects.toMatchObject({
    code: 'loop_detected',
    extra: { evidence: expect.arrayContaining([expect.any(String)]) },
  })
  const told = await db
    .selectFrom('events')
    .select('payload')
    .where('event', '=', 'DELEGATION_LOOP_STOPPED')
    .executeTakeFirstOrThrow()
  expect(told.payload).toMatchObject({
    target_id: helper.workspace.id,
    reason: expect.stringContaining('same answer 6 times'),
    evidence: { length: 6 },
  })
  const other = await givenOnline(db, org, { parent_id: lead.workspace.id })
  await expect(ask('elsewhere', lead.workspace.id, other.workspace.id)).resolves.toBeDefined()
})

test('different answers are no circle, however many', async () => {
  const { ask, answer } = await given()

  for (let n = 0; n < 8; n++) {
    await ask('next')
    await answer(`page ${n}`)
  }

  await expect(ask('next')).resolves.toBeDefined()
})

test('RD-45: a request that comes back to who is working on it is refused', async () => {
  const { db, org, lead, helper, ask } = await given()
  const { task } = await ask('the riddle')
  const attempt = await leaseOne(db, helper.host)
  await startAttempt(db, helper.host, refOf(attempt))
  const back = await ask('the riddle back', helper.workspace.id, lead.workspace.id, task.id)

  const circle = createTask(db, org.scope, {
    caller: { kind: 'workspace', id: lead.workspace.id },
    calleeId: helper.workspace.id,
    text: 'the riddle',
    parentTaskId: back.task.id,
  })

  await expect(circle).rejects.toMatchObject({
    code: 'loop_detected',
    extra: { evidence: [task.id] },
  })
  expect(await taskNow(db, task.id)).toMatchObject({ status: 'in_progress' })
})

test('fifty at a time are fine, more than a hundred are not', async () => {
  const { ask } = await given()
  for (let n = 0; n < 100; n++) await ask(`part ${n}`)

  await expect(ask('one more')).rejects.toMatchObject({ code: 'limit_reached' })
})

test('CM-29: what lies in the queue for longer than asked for is dropped, and its caller is told', async () => {
  const { clock, db, org, lead, helper, ask } = await given()
  const { task } = await ask('old')
  await clock.advance(61 * 60_000)
  await givenTask(db, org, helper.workspace.id, { text: 'young' })

  const dropped = await dropStale(db, org.scope, { maxAgeMinutes: 60 })

  expect(dropped).toBe(1)
  expect(await taskNow(db, task.id)).toMatchObject({ status: 'failed', error: { code: 'dropped' } })
  expect(await readInbox(db, lead.workspace.id, 0)).toMatchObject([
    { taskId: task.id, status: 'failed', fromId: helper.workspace.id },
  ])
})
