import { randomUUID } from 'node:crypto'
import {
  AdminDelegations,
  DelegationStats,
  type UpdatedDelegation,
} from '@molecule/contract/delegation'
import { hostClient } from '@molecule/sdk/host'
import { expect, test } from 'vitest'
import { givenHosted } from '../testing/given-credential.ts'
import { bodyOf, refusalOf, type TestServer, testServer } from '../testing/test-server.ts'

const words = 'the whole answer '.repeat(300).trim()

async function given() {
  const server = await testServer()
  const lead = await givenHosted(server, { name: 'lead' })
  const worker = await givenHosted(server, { name: 'worker', parent_id: lead.id })
  const post = (path: string, body: object = {}) =>
    server.request('POST', path, {
      headers: { authorization: `Bearer ${server.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const own = (rest: string) => `/workspaces/${lead.id}/delegations${rest}`
  const record = (delegation_id: string = randomUUID(), task = 'part') =>
    post(own('/record'), { target_id: worker.id, task, delegation_id })
  const update = async (id: string, body: object) =>
    bodyOf<UpdatedDelegation>(await post(own(`/${id}/update`), body))
  const inbox = async () => (await server.client.workspaces.inbox(lead.id)).items
  return { server, lead, worker, post, own, record, update, inbox }
}

const ledger = async (server: TestServer, query = '') =>
  AdminDelegations.parse(await bodyOf(await server.request('GET', `/admin/delegations${query}`)))

test('a recorded delegation keeps its id, is handed to nobody, and is recorded once', async () => {
  const { server, worker, record } = await given()
  const id = randomUUID()

  const first = await record(id)
  const again = await record(id)
  const other = await record(id, 'something else')

  expect([first.status, again.status]).toEqual([202, 202])
  expect(await first.json()).toEqual({ delegation_id: id, status: 'recorded' })
  expect(await refusalOf(other)).toEqual([409, 'id_taken'])
  expect(await server.client.tasks.get(id)).toMatchObject({ status: 'dispatched', attempts: [] })
  const host = hostClient({ baseUrl: server.url, token: worker.host })
  expect((await host.lease({ capacity: 1, wait_s: 0, running: [] })).attempts).toEqual([])
})

test('CM-35: RD-44: a completion carries its answer, and the same status again loses nothing of it', async () => {
  const { server, record, update, inbox, worker } = await given()
  const { delegation_id: id } = await bodyOf<{ delegation_id: string }>(await record())

  const done = await update(id, { status: 'completed', response_preview: words })
  const again = await update(id, { status: 'completed' })

  expect([done.status, again.status]).toEqual(['completed', 'completed'])
  expect(await server.client.tasks.get(id)).toMatchObject({ status: 'completed', result: words })
  expect(await inbox()).toMatchObject([{ task_id: id, from_id: worker.id, text: words }])
})

test('CM-83: RD-38: what has ended stays as it ended, whatever is reported later', async () => {
  const { server, record, update, inbox } = await given()
  const { delegation_id: id } = await bodyOf<{ delegation_id: string }>(await record())

  const order = [
    await update(id, { status: 'queued' }),
    await update(id, { status: 'in_progress' }),
    await update(id, { status: 'failed', error: 'no such file' }),
    await update(id, { status: 'completed', response_preview: 'after all' }),
    await update(id, { status: 'in_progress' }),
  ]

  expect(order.map(({ status }) => status)).toEqual([
    'dispatched',
    'in_progress',
    'failed',
    'failed',
    'failed',
  ])
  expect(await server.client.tasks.get(id)).toMatchObject({
    status: 'failed',
    result: null,
    error: { detail: 'no such file' },
  })
  expect(await inbox()).toHaveLength(1)
})

test('an id that is not known may be on its way: it is worth another try', async () => {
  const { post, own } = await given()

  const answer = await post(own(`/${randomUUID()}/update`), { status: 'completed' })

  expect(answer.status).toBe(404)
  expect(await answer.json()).toMatchObject({ code: 'unknown_delegation', retryable: true })
})

test('RD-46b: CM-86: an unknown target, oneself and a stranger are refused before anything is accepted, and for good', async () => {
  const { server, lead, post } = await given()
  const stranger = await givenHosted(server, { name: 'stranger' })
  const below = await givenHosted(server, { name: 'below', parent_id: stranger.id })
  const delegate = (target_id: string) =>
    post(`/workspaces/${lead.id}/delegate`, { target_id, task: 'x' })

  const answers = [
    await delegate(randomUUID()),
    await delegate(lead.id),
    await delegate(below.id),
    await post(`/workspaces/${lead.id}/delegations/record`, {
      target_id: below.id,
      task: 'x',
      delegation_id: randomUUID(),
    }),
  ]

  const told = await Promise.all(answers.map((each) => bodyOf<{ retryable: boolean }>(each)))
  expect(answers.map(({ status }) => status)).toEqual([404, 400, 403, 403])
  expect(told.map(({ retryable }) => retryable)).toEqual([false, false, false, false])
  expect((await ledger(server)).count).toBe(0)
})

test('RD-37: a caller that stays on the line gets the whole answer; one whose time is over gets the id', async () => {
  const { server, lead, worker, post, inbox } = await given()
  const host = hostClient({ baseUrl: server.url, token: worker.host })
  const body = (task: string, wait_s: number) => ({ target_id: worker.id, task, wait_s })

  const early = await post(`/workspaces/${lead.id}/delegate`, body('slow', 0.05))
  const waiting = post(`/workspaces/${lead.id}/delegate`, body('quick', 20))
  for (let n = 0; n < 2; n++) {
    const { attempts } = await host.lease({ capacity: 1, wait_s: 10, running: [] })
    const { task_id, attempt, fence } = attempts[0] ?? expect.fail('nothing was leased')
    await host.start({ task_id, attempt, fence })
    await host.complete({ task_id, attempt, fence, outcome: 'completed', result: words })
  }
  const answered = await waiting

  expect(early.status).toBe(202)
  const { delegation_id: slow } = await bodyOf<{ delegation_id: string }>(early)
  expect(await answered.json()).toMatchObject({ status: 'completed', result: words })
  expect((await inbox()).map(({ task_id }) => task_id)).toEqual([slow])
})

test('the ledger of the org tells what was asked for, and refuses what it does not know', async () => {
  const { server, record, update } = await given()
  const ids: string[] = []
  for (let n = 0; n < 3; n++) {
    const { delegation_id } = await bodyOf<{ delegation_id: string }>(await record())
    ids.push(delegation_id)
  }
  await update(ids[0] ?? '', { status: 'failed', error: 'why' })

  const open = await ledger(server, '?limit=1')
  const failed = await ledger(server, '?status=failed')
  const refused = await server.request('GET', '/admin/delegations?status=lost')
  const stats = DelegationStats.parse(
    await bodyOf(await server.request('GET', '/admin/delegations/stats')),
  )

  expect(open).toMatchObject({ count: 1, status: 'in_flight', limit: 1 })
  expect(open.delegations[0]).toMatchObject({ delegation_id: ids[2], status: 'dispatched' })
  expect(Object.keys(open.delegations[0] ?? {})).not.toContain('result_preview')
  expect(failed.delegations).toMatchObject([{ delegation_id: ids[0], error_detail: 'why' }])
  expect(refused.status).toBe(400)
  expect(await refused.text()).toContain('in_flight')
  expect(stats).toEqual({
    queued: 0,
    dispatched: 2,
    in_progress: 0,
    completed: 0,
    failed: 1,
    stuck: 0,
    canceled: 0,
  })
})

test('CM-87: RD-43: a delegation is one row, and older ones come page by page', async () => {
  const { server, lead, worker } = await given()
  for (let n = 0; n < 5; n++)
    await server.client.workspaces.delegate(lead.id, { target_id: worker.id, task: `part ${n}` })

  const all = await server.client.workspaces.delegations(lead.id)
  const page = await server.request(
    'GET',
    `/workspaces/${lead.id}/delegations?limit=2&before=${all[1]?.delegation_id}`,
  )

  expect(all.map(({ summary }) => summary)).toEqual([4, 3, 2, 1, 0].map((n) => `part ${n}`))
  expect(await page.json()).toMatchObject([{ summary: 'part 2' }, { summary: 'part 1' }])
})

test('what is younger than asked for is not dropped, and an age of nothing is refused', async () => {
  const { server, lead, worker, post, inbox } = await given()
  const { delegation_id } = await server.client.workspaces.delegate(lead.id, {
    target_id: worker.id,
    task: 'old',
  })
  await server.client.workspaces.ask(worker.id, { text: 'also old' })

  const young = await post('/admin/a2a-queue/drop-stale')
  const nonsense = await post('/admin/a2a-queue/drop-stale?max_age_minutes=0')

  expect(await young.json()).toEqual({ dropped: 0 })
  expect(await refusalOf(nonsense)).toEqual([400, 'invalid'])
  expect(await server.client.tasks.get(delegation_id)).toMatchObject({ status: 'queued' })
  expect(await inbox()).toEqual([])
})
