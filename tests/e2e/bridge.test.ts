import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { programEnv, programPaths } from './harness/program-paths.ts'
import { sharedInstallation } from './harness/shared-installation.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const theInstallation = sharedInstallation({})

/** A workspace whose agent is a script that a bridge runs on the machine of a person. */
async function given(script: string) {
  const folder = await mkdtemp(join(tmpdir(), 'bridge-'))
  const client = await theInstallation().client()
  const name = `bridged ${folder.slice(-6)}`
  const { id, connection } = await client.workspaces.create({ name, external: true })
  await writeFile(join(folder, 'agent.sh'), script, { mode: 0o755 })
  const bridges: ChildProcess[] = []
  const start = (token = connection?.auth_token ?? '') => {
    const words = ['bridge', 'command', '--state', join(folder, 'state'), '--dir', folder]
    const child = spawn(programPaths.node, [programPaths.cli, ...words, '--', './agent.sh'], {
      env: {
        ...programEnv(),
        ...{ PLATFORM_URL: theInstallation().url, WORKSPACE_ID: id },
        MOLECULE_WORKSPACE_TOKEN: token,
      },
    })
    bridges.push(child)
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    return {
      pid: child.pid ?? 0,
      said: () => said,
      exited: () => (child.exitCode === null ? once(child, 'exit') : [child.exitCode]),
      async kill(signal: NodeJS.Signals) {
        child.kill(signal)
        await once(child, 'exit')
      },
    }
  }
  onTestFinished(async () => {
    for (const child of bridges) child.kill('SIGKILL')
    await endAgents(folder)
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  })
  const noted = async () =>
    (await readFile(join(folder, 'noted'), 'utf8').catch(() => '')).split('\n').filter(Boolean)
  const ask = async (text: string) => (await client.workspaces.ask(id, { text })).id
  const ended = (task: string) =>
    until(`the end of ${task}`, async () => {
      const found = await client.tasks.get(task, { wait: 5 })
      return found.status === 'completed' || found.status === 'failed' ? found : undefined
    })
  return { client, id, folder, start, noted, ask, ended, token: connection?.auth_token ?? '' }
}

/** Agents that still work in the folder. */
async function agentsIn(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      const env = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      return words.includes('agent.sh') && env.includes(folder) ? [pid] : []
    }),
  )
  return found.flat()
}

async function endAgents(folder: string) {
  for (const pid of await agentsIn(folder)) process.kill(pid, 'SIGKILL')
}

const echo = `#!/bin/sh
read -r text
echo "$TASK_ID $TASK_ATTEMPT" >>noted
sleep 0.3
echo "You said: $text"
`

test(`${promise('R-43')} RD-36, RD-89: a program on the machine of somebody answers what its workspace is asked`, async () => {
  const { client, id, start, ask, ended } = await given(echo)
  const bridge = start()

  const first = await ended(await ask('one'))
  const second = await ended(await ask('two'))
  const row = await client.workspaces.get(id)
  await bridge.kill('SIGTERM')

  expect(first).toMatchObject({ status: 'completed', result: 'You said: one\n' })
  expect(second).toMatchObject({ status: 'completed', result: 'You said: two\n' })
  expect(row).toMatchObject({ status: 'online', agent_card: { name: expect.any(String) } })
})

test(`${promise('R-43')} killed at random points it ends each task with one answer, and no attempt is worked on twice`, async () => {
  const { folder, start, noted, ask, ended } = await given(echo)
  const tasks = await Promise.all(Array.from({ length: 6 }, (_, n) => ask(`number ${n}`)))

  for (let kill = 0; kill < 6; kill += 1) {
    const bridge = start()
    await until('it is at work', async () => (await noted()).length > kill)
    await sleep(Math.random() * 400)
    await bridge.kill('SIGKILL')
  }
  start()
  const ends = await Promise.all(tasks.map(ended))

  for (const [n, end] of ends.entries())
    if (end.status === 'completed') expect(end.result).toBe(`You said: number ${n}\n`)
    else expect(end.error).toMatchObject({ code: 'bridge_lost' })
  const runs = await noted()
  expect(new Set(runs).size).toBe(runs.length)
  await until('nothing works any more', async () => (await agentsIn(folder)).length === 0)
})

test(`${promise('R-43')} RD-83: two of one place never work at once; what a killed one left behind stands in nobody’s way`, async () => {
  const { start, ask, ended } = await given(echo)
  const first = start()
  await ended(await ask('one'))

  const second = start()
  const [code] = await second.exited()

  expect([code, second.said()]).toEqual([6, expect.stringContaining('Another bridge works')])
  await first.kill('SIGKILL')
  start()
  expect(await ended(await ask('two'))).toMatchObject({ status: 'completed' })
})

test(`${promise('R-43')} a token that is rotated away ends it with what to do; with the new one it goes on`, async () => {
  const { client, id, start, ask, ended } = await given(echo)
  const bridge = start()
  await ended(await ask('one'))

  const { auth_token } = await client.registry.rotate(id)
  const task = await ask('two')
  const [code] = await bridge.exited()

  expect([code, bridge.said()]).toEqual([4, expect.stringContaining('does not take the token')])
  start(auth_token)
  expect(await ended(task)).toMatchObject({ status: 'completed', result: 'You said: two\n' })
})

test(`${promise('R-43')} a cancel reaches the program, and what it cannot run it says at once`, async () => {
  const { client, folder, start, ask } = await given('#!/bin/sh\nsleep 300\n')
  start()
  const task = await ask('go')
  await until('it works', async () => (await agentsIn(folder)).length > 0)

  await client.tasks.cancel(task)

  await until('it ends', async () => (await agentsIn(folder)).length === 0)
  const lost = await given(echo)
  await rm(join(lost.folder, 'agent.sh'))
  const [code] = await lost.start().exited()
  expect(code).toBe(1)
})
