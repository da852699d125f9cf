import { expect, onTestFinished, test } from 'vitest'
import {
  dockerCli,
  startDocker,
  testImage,
  whyNoDocker,
} from '../../packages/server/src/testing/docker.ts'
import { givenInstallation } from './harness/given-installation.ts'
import { runCli } from './harness/run-cli.ts'
import { until } from './harness/until.ts'

const whyNot = whyNoDocker()

test.skipIf(whyNot !== undefined)(
  'an agent in a container works, outlives the server, is back after a kill, and leaves nothing when it is removed',
  async () => {
    const docker = await startDocker()
    onTestFinished(docker.stop)
    const typed = (...args: string[]) => dockerCli(docker.engine, ...args)
    const installation = await givenInstallation()
    const env = {
      MOLECULE_BACKENDS: 'docker,process',
      DOCKER_HOST: `unix://${docker.engine.socketPath}`,
      MOLECULE_DOCKER_IMAGE: testImage,
    }
    const first = await installation.start({ env })
    const client = await installation.client()
    const script =
      '[ "$TASK_ATTEMPT" = 1 ] && [ "$1" = long ] && exec sleep 600; cat; molecule ws list --json >seen'
    const runtime_config = { command: 'sh', args: ['-c', script, 'sh', '{{text}}'] }
    const { id } = await client.workspaces.create({ name: 'Echo', runtime_config })
    const isOnlineAs = (incarnation: number) =>
      until(`start ${incarnation} is online`, async () => {
        const now = await client.workspaces.get(id)
        return now.status === 'online' && now.incarnation === incarnation && now
      })
    expect(await isOnlineAs(1)).toMatchObject({ backend: 'docker' })
    const [container = ''] = typed('ps', '-q', '--no-trunc').split('\n')

    const asked = await runCli(installation, ['ask', 'Echo', 'hello'])
    expect(asked).toMatchObject({ code: 0, stdout: 'hello\n' })
    expect(typed('inspect', container)).not.toMatch(/credential|token/i)

    await first.kill()
    await installation.start({ env })
    const again = await runCli(installation, ['ask', 'Echo', 'again'])
    expect(again).toMatchObject({ code: 0, stdout: 'again\n' })
    expect(typed('ps', '-q', '--no-trunc')).toBe(container)

    const task = await client.workspaces.ask(id, { text: 'long' })
    await until('it runs', async () => (await client.tasks.get(task.id)).status === 'in_progress')
    typed('kill', '--signal', 'KILL', container)
    await isOnlineAs(2)
    const ended = await until('the task ends', async () => {
      const now = await client.tasks.get(task.id)
      return now.ended_at !== null && now
    })
    expect(ended).toMatchObject({ status: 'completed', result: 'long', attempt: 2 })
    expect(typed('ps', '-aq', '--no-trunc')).not.toContain(container)

    await client.workspaces.remove(id, { confirm: true, purge: true })
    await until(
      'it is removed',
      async () => typed('ps', '-aq') === '' && typed('volume', 'ls', '-q') === '',
    )
    expect(await installation.processes()).toEqual([])
  },
)

test.skipIf(whyNot !== undefined)(
  'an engine that does not answer makes the server not ready, and starts fail with the reason',
  async () => {
    const installation = await givenInstallation()
    const env = { MOLECULE_BACKENDS: 'docker', DOCKER_HOST: 'unix:///nowhere/docker.sock' }
    await installation.start({ env })
    const client = await installation.client()
    const { id } = await client.workspaces.create({ name: 'A', runtime_config: { command: 'cat' } })

    const failed = await until('it failed', async () => {
      const now = await client.workspaces.get(id)
      return now.status === 'failed' && now
    })

    expect(failed.failure_reason?.detail).toContain(
      'Docker does not answer at /nowhere/docker.sock',
    )
    const { ready, checks } = await client.ready()
    expect(ready).toBe(false)
    expect(checks.find(({ name }) => name === 'backend docker')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('Is dockerd running?'),
    })
    await client.workspaces.remove(id, { confirm: true, purge: true })
  },
)

if (whyNot !== undefined) test.skip(`agents in containers: ${whyNot}`, () => {})
