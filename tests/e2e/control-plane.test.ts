import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ownerFor } from '../../packages/server/src/http/tenant-workload.ts'
import { givenInstallation } from './harness/given-installation.ts'
import type { Installation } from './harness/installation.ts'
import { killProcess, markedProcesses } from './harness/marked-processes.ts'
import { runCli } from './harness/run-cli.ts'
import { tenantToken } from './harness/tenant-token.ts'
import { until } from './harness/until.ts'

const name = 'laptop'
const served = { MOLECULE_SERVE_BACKENDS: 'process' }

/** A server that offers its backend, and another one that has no backend but that. */
async function givenTwoServers() {
  const plane = await givenInstallation()
  await (await plane.start()).stop()
  const token = await tenantToken(plane, name)
  const first = await plane.start({ env: served })
  const user = await givenInstallation()
  const env = {
    MOLECULE_BACKENDS: 'control-plane',
    CONTROL_PLANE_URL: plane.url,
    CONTROL_PLANE_TOKEN: token,
  }
  await user.start({ env })
  const { installId } = await tenantOf(user)
  /** All that the first server runs for the second. */
  const workloads = () => markedProcesses(installId)
  onTestFinished(() => void workloads().forEach(killProcess))
  const hosts = () => workloads().filter(({ kind }) => kind === 'host')
  return { plane, first, user, env, token, workloads, hosts, client: await user.client() }
}

async function tenantOf({ dataDir }: Installation) {
  const { install_id: installId, node_id } = JSON.parse(
    await readFile(join(dataDir, 'installation.json'), 'utf8'),
  )
  return ownerFor({ name, installId }, { install_id: installId, node_id })
}

const storedBy = async ({ dataDir }: Installation) => {
  const folder = join(dataDir, 'workspaces')
  return existsSync(folder) ? readdir(folder) : []
}

test('LC-39a an agent of one server runs on another, works on while that one is killed and comes back, and a delete leaves nothing there', async () => {
  const { plane, first, user, workloads, hosts, client } = await givenTwoServers()
  const script =
    'cat; echo " from $WORKSPACE_ID by way of $PLATFORM_URL"; [ "$1" = long ] && sleep 2'
  const runtime_config = { command: 'sh', args: ['-c', `${script}; true`, 'sh', '{{text}}'] }
  const { id } = await client.workspaces.create({ name: 'Far', runtime_config })
  await until('it is online', async () => (await client.workspaces.get(id)).status === 'online')
  const said = (text: string) => `${text} from ${id} by way of ${user.url}\n`

  const asked = await runCli(user, ['ask', 'Far', 'hello'])
  expect(asked).toMatchObject({ code: 0, stdout: said('hello') })
  expect(await client.workspaces.get(id)).toMatchObject({ backend: 'control-plane' })
  expect([await storedBy(user), await user.processes(), await plane.processes()]).toEqual([
    [],
    [],
    [],
  ])
  const [host] = hosts()

  const task = await client.workspaces.ask(id, { text: 'long' })
  await until('it runs', async () => (await client.tasks.get(task.id)).status === 'in_progress')
  await first.kill()
  const ended = await until('it ends', async () => {
    const now = await client.tasks.get(task.id)
    return now.ended_at !== null && now
  })
  expect(ended).toMatchObject({ status: 'completed', attempt: 1, result: said('long') })
  expect(await runCli(user, ['doctor'])).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/^fail {2}ready: backend control-plane .*does not answer at/m),
  })

  await plane.start({ env: served })
  const again = await runCli(user, ['ask', 'Far', 'again'])
  expect(again).toMatchObject({ code: 0, stdout: said('again') })
  expect(hosts()).toMatchObject([{ pid: host?.pid }])
  expect(await runCli(user, ['doctor'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /^ok {4}backend control-plane .*answers and offers process: agents run/m,
    ),
  })

  expect((await runCli(user, ['ws', 'delete', 'Far', '--yes', '--purge'])).code).toBe(0)
  await until('it is stopped', () => workloads().length === 0)
  await until('nothing is stored', async () => (await storedBy(plane)).length === 0)
})

test('LC-39g a delete while the control plane is away is finished once it is back', async () => {
  const { plane, first, workloads, hosts, client } = await givenTwoServers()
  const runtime_config = { command: 'cat' }
  const { id } = await client.workspaces.create({ name: 'Far', runtime_config })
  await until('it is online', async () => (await client.workspaces.get(id)).status === 'online')

  await first.kill()
  await client.workspaces.remove(id, { purge: true })
  expect(hosts()).toHaveLength(1)
  await plane.start({ env: served })

  await until('it is stopped', () => workloads().length === 0)
  await until('nothing is stored', async () => (await storedBy(plane)).length === 0)
})

test('LC-39d a restart while the control plane is away ends with one start there, the newest', async () => {
  const { plane, first, workloads, hosts, client } = await givenTwoServers()
  const runtime_config = { command: 'cat' }
  const { id } = await client.workspaces.create({ name: 'Far', runtime_config })
  const isOnlineAs = (least: number) =>
    until(`start ${least} or a later one is online`, async () => {
      const { status, incarnation } = await client.workspaces.get(id)
      return status === 'online' && incarnation >= least && incarnation
    })
  await isOnlineAs(1)

  await first.kill()
  await client.workspaces.restart(id)
  await until('it tries', async () => (await client.workspaces.get(id)).status === 'failed')
  await plane.start({ env: served })

  const incarnation = await isOnlineAs(2)
  await until('one is left', () => hosts().length === 1)
  expect(workloads().every((each) => each.incarnation === incarnation)).toBe(true)
})
