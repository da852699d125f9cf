import { moleculeClient } from '@molecule/sdk'
import { expect, test } from 'vitest'
import { transact } from '../db/transact.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { givenExternal, pretend } from '../testing/given-external.ts'
import { testServer } from '../testing/test-server.ts'

async function given() {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  const as = (token: string) => moleculeClient({ baseUrl: server.url, token })
  const agent = as(scout.token)
  const ask = async (text = 'look') => (await server.client.workspaces.ask(scout.id, { text })).id
  const leaseAll = async (body: Parameters<typeof agent.work.lease>[1] = {}) =>
    (await agent.work.lease(scout.id, { limit: 50, ...body })).items
  const leaseOne = async (lease_s = 60) => {
    const [item] = await leaseAll({ lease_s })
    if (!item) throw new Error('nothing was leased')
    const { task_id: task, attempt, fence } = item
    return { item, of: { workspace: scout.id as string, task }, ref: { attempt, fence } }
  }
  /** Its time is over. */
  const expire = () =>
    transact(server.db, (tx) => tx.updateTable('taskAttempts').set({ leaseExpiresAt: 0 }).execute())
  return { expire, server, people: server.client, scout, as, agent, ask, leaseAll, leaseOne }
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    ({ code }) => code as string,
  )

test('RD-90: an agent that runs elsewhere leases its work, which is a sign of life, and its answer reaches whoever asked; said again it changes nothing', async () => {
  const { people, scout, agent, ask, leaseOne, leaseAll } = await given()
  const id = await ask()

  const { item, of, ref } = await leaseOne()
  const told = await agent.work.complete(of, { ...ref, outcome: 'completed', result: 'seen' })
  const again = await agent.work.complete(of, { ...ref, outcome: 'completed', result: 'other' })

  expect(item).toMatchObject({
    task_id: id,
    text: 'look',
    caller: { kind: 'user', id: 'admin' },
    deliveries: 1,
  })
  expect([told.recorded, again.recorded]).toEqual([true, false])
  expect(await people.tasks.get(id)).toMatchObject({ status: 'completed', result: 'seen' })
  expect(await leaseAll()).toEqual([])
  expect((await scout.row()).status).toBe('online')
})

test('RD-89: an item that is forgotten is handed out again under another fence, and its first holder is refused', async () => {
  const { expire, agent, ask, leaseAll, leaseOne } = await given()
  await ask()
  const first = await leaseOne(10)

  const early = await leaseAll()
  await expire()
  const second = await leaseOne(10)

  expect(early).toEqual([])
  expect(second.item).toMatchObject({ attempt: 1, deliveries: 2, task_id: first.item.task_id })
  const end = { outcome: 'completed', result: 'x' } as const
  expect(await refusal(agent.work.complete(first.of, { ...first.ref, ...end }))).toBe('fenced')
  expect(await agent.work.complete(second.of, { ...second.ref, ...end })).toMatchObject({
    recorded: true,
  })
})

test('what is given back is handed out again after its pause; what was begun cannot be given back', async () => {
  const { expire, agent, ask, leaseAll, leaseOne } = await given()
  await ask()
  const first = await leaseOne()
  await agent.work.giveBack(first.of, { ...first.ref, delay_s: 30 })
  const early = await leaseAll()
  await expire()

  const second = await leaseOne()
  await agent.work.start(second.of, second.ref)

  expect(early).toEqual([])
  expect(await refusal(agent.work.giveBack(second.of, second.ref))).toBe('not_allowed_now')
  await expire()
  expect(await leaseAll()).toEqual([])
})

test('after the fifth hand-over without a word it is a dead letter, and the workspace that asked is told', async () => {
  const { server, scout, as, agent, leaseAll, leaseOne } = await given()
  const lead = await givenHosted(server, { name: 'lead' })
  const asking = as(lead.agent)
  const { delegation_id } = await asking.workspaces.delegate(lead.id, {
    target_id: scout.id,
    task: 'poison',
  })
  for (let time = 0; time < 5; time += 1) {
    const { of, ref } = await leaseOne()
    await agent.work.giveBack(of, ref)
  }

  expect(await leaseAll()).toEqual([])
  expect((await asking.workspaces.inbox(lead.id)).items).toMatchObject([
    { kind: 'result', task_id: delegation_id, status: 'failed' },
  ])
  expect(await server.client.tasks.get(delegation_id)).toMatchObject({
    status: 'failed',
    error: { code: 'dead_letter' },
  })
})

test('RD-92: a lease waits for work, and takes no more than the workspace may do at a time', async () => {
  const { people, scout, agent, ask } = await given()
  await people.workspaces.update(scout.id, { max_concurrent_tasks: 2 } as never)
  const waiting = agent.work.lease(scout.id, { limit: 50, wait_s: 20 })
  await ask('one')
  expect((await waiting).items).toMatchObject([{ text: 'one' }])
  await ask('two')
  await ask('three')

  expect((await agent.work.lease(scout.id, { limit: 50 })).items).toHaveLength(1)
})

test('LC-70: who waits with a token that is rotated meanwhile gets nothing more, and its successor gets the work at once', async () => {
  const { people, scout, as, agent, ask } = await given()
  const waiting = refusal(agent.work.lease(scout.id, { wait_s: 20 }))

  const { auth_token } = await people.registry.rotate(scout.id)
  const task = await ask()
  const { items } = await as(auth_token).work.lease(scout.id, { wait_s: 10 })

  expect(await waiting).toBe('unauthenticated')
  expect(items).toMatchObject([{ task_id: task, deliveries: 1 }])
})

test('the work of a workspace that Molecule starts, and that of another, is not for the asking', async () => {
  const { server, scout, as, agent, ask } = await given()
  const hosted = await givenHosted(server, { name: 'hosted' })
  await ask()

  expect(await refusal(as(hosted.agent).work.lease(hosted.id))).toBe('not_allowed_now')
  expect(await refusal(as(hosted.agent).work.lease(scout.id))).toBe('forbidden')
  expect(await refusal(server.client.work.lease(scout.id))).toBe('forbidden')
  await server.client.workspaces.pause(scout.id)
  expect(await refusal(agent.work.lease(scout.id))).toBe('not_allowed_now')
})

test('a client that only sends messages answers the oldest delegation by its next one, which is no new work', async () => {
  const { server, scout, as, agent } = await given()
  const lead = await givenHosted(server, { name: 'lead' })
  const asking = as(lead.agent)
  const delegate = async (task: string) =>
    (await asking.workspaces.delegate(lead.id, { target_id: scout.id, task })).delegation_id
  const first = await delegate('one')
  const second = await delegate('two')
  const say = (task: string, key: string) =>
    agent.workspaces.delegate(scout.id, { target_id: lead.id, task, idempotency_key: key })

  const told = await say('seen', 'k')
  const again = await say('seen', 'k')
  const other = await refusal(say('something else', 'k'))

  expect(told).toMatchObject({ delegation_id: first, status: 'completed', answered: true })
  expect(again).toMatchObject({ delegation_id: first, idempotent_hit: true })
  expect(other).toBe('message_id_reused')
  expect((await asking.workspaces.inbox(lead.id)).items).toMatchObject([
    { kind: 'result', task_id: first, text: 'seen', from_id: scout.id },
  ])
  expect((await server.client.tasks.get(second)).status).toBe('queued')
  expect((await server.client.tasks.list()).tasks).toHaveLength(2)

  await say('and this', 'm')
  expect((await server.client.tasks.get(second)).status).toBe('completed')
  expect((await say('may I ask you?', 'n')).answered).toBeUndefined()
})

test('one that leases its work says by itself what it answers: its messages are work for others', async () => {
  const { server, scout, as, agent, leaseOne } = await given()
  const lead = await givenHosted(server, { name: 'lead' })
  const { delegation_id } = await as(lead.agent).workspaces.delegate(lead.id, {
    target_id: scout.id,
    task: 'one',
  })
  await leaseOne()

  const asked = await agent.workspaces.delegate(scout.id, {
    target_id: lead.id,
    task: 'a question',
  })

  expect(asked.answered).toBeUndefined()
  expect((await server.client.tasks.get(delegation_id)).status).toBe('dispatched')
})

test('whoever asks is told how the queue stands: none there, ready, busy, asleep', async () => {
  const { server, scout, as, agent, leaseOne } = await given()
  const lead = await givenHosted(server, { name: 'lead' })
  const sleeper = await givenHosted(server, { name: 'sleeper' })
  const queueOf = async (target_id: string) => {
    const asked = await as(lead.agent).workspaces.delegate(lead.id, { target_id, task: 'x' })
    return asked.queue
  }

  const before = await queueOf(scout.id)
  const { of, ref } = await leaseOne()
  await agent.work.start(of, ref)
  const busy = await queueOf(scout.id)
  await agent.work.complete(of, { ...ref, outcome: 'completed', result: '' })
  const ready = await queueOf(scout.id)
  await pretend(server, sleeper.id, { status: 'hibernated', desiredState: 'hibernated' })

  expect([before, busy, ready]).toEqual([
    { state: 'awaiting_agent', depth: 1 },
    { state: 'busy', depth: 1 },
    { state: 'ready', depth: 2 },
  ])
  expect((await queueOf(sleeper.id))?.state).toBe('hibernated')
})
