import { moleculeClient } from '@molecule/sdk'
import { hostClient } from '@molecule/sdk/host'
import { expect, test } from 'vitest'
import { transact } from '../db/transact.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { testServer } from '../testing/test-server.ts'

test('a result that a waiting call returned is not in the inbox any more', async () => {
  const server = await testServer()
  const lead = await givenHosted(server, { name: 'lead' })
  const worker = await givenHosted(server, { name: 'worker', parent_id: lead.id })
  const agent = moleculeClient({ baseUrl: server.url, token: lead.agent })
  const { delegation_id } = await agent.workspaces.delegate(lead.id, {
    target_id: worker.id,
    task: 'x',
  })

  const waiting = agent.tasks.get(delegation_id, { wait: 20 })
  const host = hostClient({ baseUrl: server.url, token: worker.host })
  const { attempts } = await host.lease({ capacity: 1, wait_s: 5, running: [] })
  const [{ task_id, attempt, fence } = expect.fail('nothing was leased')] = attempts
  await host.start({ task_id, attempt, fence })
  await host.complete({ task_id, attempt, fence, outcome: 'completed', result: 'y' })

  expect(await waiting).toMatchObject({ status: 'completed', result: 'y' })
  expect(await agent.workspaces.inbox(lead.id)).toEqual({ items: [] })
})

test('CM-17: RD-36: RD-41: an inbox item stays until it is acknowledged', async () => {
  const server = await testServer()
  const lead = await givenHosted(server, { name: 'lead' })
  const worker = await givenHosted(server, { name: 'worker', parent_id: lead.id })
  const agent = moleculeClient({ baseUrl: server.url, token: lead.agent })
  await agent.workspaces.delegate(lead.id, { target_id: worker.id, task: 'x' })
  const waiting = agent.workspaces.inbox(lead.id, { wait: 20 })
  await server.client.workspaces.remove(worker.id)

  const { items } = await waiting
  expect(items).toMatchObject([{ seq: 1, status: 'failed', from_id: worker.id }])
  expect(await agent.workspaces.inbox(lead.id)).toEqual({ items })
  expect(await agent.workspaces.ackInbox(lead.id, 1)).toEqual({ acked: 1 })
  expect(await agent.workspaces.inbox(lead.id)).toEqual({ items: [] })
})

test('waiting for a generation ends when the start fails', async () => {
  const server = await testServer()
  const { id } = await server.client.workspaces.create({
    name: 'x',
    runtime_config: { command: 'cat' },
  })

  const row = await server.client.workspaces.get(id, { wait_generation: 1 })

  expect(row.status).toBe('failed')
})

test('the end of the server ends every wait', async () => {
  const server = await testServer()
  const { id } = await givenHosted(server, { name: 'worker' })
  const waiting = server.client.workspaces.inbox(id, { wait: 25 })
  await server.client.health()

  await server.close()

  expect(await waiting).toEqual({ items: [] })
})

test('tasks come page by page, newest first, also those of one millisecond', async () => {
  const server = await testServer()
  const { id } = await server.client.workspaces.create({ name: 'one', external: true })
  const asked: string[] = []
  for (let n = 0; n < 7; n += 1)
    asked.push((await server.client.workspaces.ask(id, { text: `${n}` })).id)
  await transact(server.db, (tx) =>
    tx
      .updateTable('tasks')
      .set({ createdAt: 1 } as never)
      .where('id', 'in', asked.slice(0, 4) as never)
      .execute(),
  )
  const list = async (before?: string) => {
    const query = { limit: 3, ...(before === undefined ? {} : { before }) }
    return (await server.client.tasks.list(query)).tasks.map((task) => task.id as string)
  }

  const pages: string[] = []
  for (let page = await list(); page.length > 0; page = await list(page.at(-1))) pages.push(...page)

  expect(pages).toEqual(asked.toReversed())
  await expect(list(crypto.randomUUID())).rejects.toMatchObject({ code: 'not_found' })
})
