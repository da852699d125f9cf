import { expect, test } from 'vitest'
import { promise } from '../requirements.ts'
import { givenInstallation } from './given-installation.ts'
import { until } from './until.ts'

const echo = { name: 'Echo', runtime: 'command', runtime_config: { command: 'cat' } }

test(`${promise('R-01', 'R-10')} a task is answered by an agent that outlives a kill of the server`, async () => {
  const installation = await givenInstallation()
  const first = await installation.start()
  const client = await installation.client()
  const workspace = await client.workspaces.create(echo)
  const isOnline = async () => (await client.workspaces.get(workspace.id)).status === 'online'
  await until('online', isOnline)
  const [host] = await installation.hosts()

  await first.kill()
  await installation.start()
  const task = await client.workspaces.ask(workspace.id, { text: 'still there?' })
  const answer = await client.tasks.get(task.id, { wait: 20 })

  expect(answer).toMatchObject({ status: 'completed', result: 'still there?' })
  expect(await installation.hosts()).toMatchObject([{ pid: host?.pid }])
})

test(`${promise('R-16')} down leaves nothing, with a server and without one`, async () => {
  const installation = await givenInstallation()
  const server = await installation.start()
  const client = await installation.client()
  const workspace = await client.workspaces.create(echo)
  await until('a host', async () => (await installation.hosts()).length === 1)
  await server.kill()

  const exit = await installation.down()

  expect(exit).toEqual({ code: 0, signal: null })
  expect(await installation.processes()).toEqual([])
  await installation.start()
  await until('online', async () => (await client.workspaces.get(workspace.id)).status === 'online')
  expect(await installation.down()).toEqual({ code: 0, signal: null })
  expect(await installation.processes()).toEqual([])
})

test('what a test leaves behind is killed and named', async () => {
  const installation = await givenInstallation()
  const server = await installation.start()
  await (await installation.client()).workspaces.create(echo)
  await until('a host', async () => (await installation.hosts()).length === 1)

  const killed = await installation.killLeftovers()

  expect(server.isAlive()).toBe(false)
  expect(killed.map((line) => line.split(' ')[0]).sort()).toEqual(['host', 'launcher', 'server'])
  await until('nothing is left', async () => (await installation.processes()).length === 0)
})
