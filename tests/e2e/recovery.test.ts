import { rm } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { givenInstallation } from './harness/given-installation.ts'
import type { Installation } from './harness/installation.ts'
import { killProcess } from './harness/marked-processes.ts'
import { whenEnded } from './harness/small-organization.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

/** Generous for a machine that does much else; on an idle one each takes a second or two. */
const withinSeconds = 10

async function givenAgent(installation: Installation, script = 'cat') {
  const client = await installation.client()
  const runtime_config = { command: 'sh', args: ['-c', script] }
  const { id } = await client.workspaces.create({ name: 'A', runtime: 'command', runtime_config })
  const isOnline = async () => (await client.workspaces.get(id)).status === 'online'
  await until('online', isOnline)
  const answer = async (text: string, more: { max_attempts?: number } = {}) =>
    whenEnded(client, (await client.workspaces.ask(id, { text, ...more })).id)
  return { id, client, isOnline, answer }
}

test(`${promise('R-09', 'R-10')} a killed server and a killed host answer again within seconds`, async () => {
  const installation = await givenInstallation()
  const server = await installation.start()
  const { answer } = await givenAgent(installation)
  const [host] = await installation.hosts()

  const serverKilledAt = performance.now()
  await server.kill()
  await installation.start()
  expect(await answer('after the server')).toMatchObject({ result: 'after the server' })
  const serverBackMs = performance.now() - serverKilledAt
  expect(await installation.hosts()).toEqual([host])

  const hostKilledAt = performance.now()
  expect(host && killProcess(host)).toBe(true)
  expect(await answer('after the host')).toMatchObject({ result: 'after the host' })
  const hostBackMs = performance.now() - hostKilledAt

  expect(serverBackMs).toBeLessThan(withinSeconds * 1000)
  expect(hostBackMs).toBeLessThan(withinSeconds * 1000)
})

test(`${promise('R-07', 'R-13')} work that ends its host each time is tried as often as it may, and then fails with the reason`, async () => {
  const installation = await givenInstallation()
  await installation.start()
  const { answer } = await givenAgent(installation, 'kill -9 $PPID; sleep 5')

  const task = await answer('go', { max_attempts: 2 })

  expect(task).toMatchObject({
    status: 'failed',
    attempt: 2,
    error: { code: 'attempts_exhausted', hint: expect.stringMatching(/\S/) },
    attempts: [{ outcome: 'lost' }, { outcome: 'lost' }],
  })
})

test(`${promise('R-23')} a request repeated after its answer was lost is the same task`, async () => {
  const installation = await givenInstallation()
  const server = await installation.start()
  const { id, client } = await givenAgent(installation)
  const request = { text: 'once', idempotency_key: 'k' }

  const first = await client.workspaces.ask(id, request)
  await server.kill()
  await installation.start()
  const second = await client.workspaces.ask(id, request)

  expect(second.id).toBe(first.id)
  expect((await client.tasks.list()).tasks).toHaveLength(1)
})

test(`${promise('R-17')} a server that is told to end says who goes on, and how to stop them`, async () => {
  const installation = await givenInstallation()
  const server = await installation.start()
  await givenAgent(installation)

  const exit = await server.stop()

  expect(exit).toEqual({ code: 0, signal: null })
  expect(server.output()).toMatch(/1 agent keeps running .* npx molecule down/)
  expect(await installation.hosts()).toHaveLength(1)
})

test(`${promise('R-25')} a host whose folder is gone ends by itself`, async () => {
  const installation = await givenInstallation()
  const server = await installation.start()
  const { id } = await givenAgent(installation)
  const before = await installation.processes()
  await server.kill()

  await rm(`${installation.dataDir}/workspaces/${id}`, { recursive: true })

  expect(before).not.toEqual([])
  await until('the host ends', async () => (await installation.processes()).length === 0)
})
