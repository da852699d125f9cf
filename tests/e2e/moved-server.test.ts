import { moleculeClient } from '@molecule/sdk'
import { nodeFetch } from '@molecule/sdk/node-fetch'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from './harness/free-port.ts'
import { givenInstallation } from './harness/given-installation.ts'
import { runCli } from './harness/run-cli.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

test(`${promise('R-24')} agents find a server that comes back at another port within seconds, with the work they did meanwhile`, async () => {
  const installation = await givenInstallation()
  const first = await installation.start()
  const before = await installation.client()
  const script = 'cat; sleep 1; echo " by way of $PLATFORM_URL"'
  const { id } = await before.workspaces.create({
    name: 'Faithful',
    runtime_config: { command: 'sh', args: ['-c', script] },
  })
  await until('online', async () => (await before.workspaces.get(id)).status === 'online')
  const task = await before.workspaces.ask(id, { text: 'first' })
  await until('it runs', async () => (await before.tasks.get(task.id)).status === 'in_progress')
  const [host] = await installation.hosts()

  await first.stop()
  const second = installation.launch({ env: { PORT: String(await freePort()) } })
  onTestFinished(async () => void (await second.stop()))
  const url = await second.ready()

  const after = moleculeClient({
    baseUrl: url,
    token: await installation.adminToken(),
    fetch: nodeFetch(),
  })
  const begun = performance.now()
  const asked = await runCli(installation, ['ask', 'Faithful', 'second'])
  expect(asked).toMatchObject({ code: 0, stdout: `second by way of ${url}\n` })
  expect(performance.now() - begun).toBeLessThan(15_000)
  expect(url).not.toBe(installation.url)
  expect(await after.tasks.get(task.id)).toMatchObject({
    status: 'completed',
    attempt: 1,
    result: `first by way of ${installation.url}\n`,
  })
  expect(await installation.hosts()).toMatchObject([{ pid: host?.pid }])
})
