import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fakeServer } from '../../../../agent/src/testing/fake-server.ts'
import { collect, until } from '../conformance.ts'
import { runFolder } from './folders.ts'
import { processBackend } from './process-backend.ts'

const never = new AbortController().signal
const root = join(import.meta.dirname, '../../../../..')

async function givenRunningHost(script: string) {
  const server = await fakeServer({ runtime_config: { command: 'sh', args: ['-c', script] } })
  const dataDir = await mkdtemp(join(tmpdir(), 'agent-host-'))
  const owner = { installId: randomUUID(), nodeId: 'node-1' }
  const backend = processBackend({
    dataDir,
    hostCommand: [process.execPath, join(root, 'packages/agent/src/main.ts')],
    cliCommand: [process.execPath, join(root, 'packages/cli/src/main.ts')],
    env: process.env,
    stopGraceMs: 2_000,
  })
  onTestFinished(async () => {
    for await (const { handle } of backend.list(owner, never)) await backend.stop(handle, never)
    await server.close()
    await rm(dataDir, { recursive: true, force: true })
  })
  const { workspaceId, url } = server
  const boot = { url, credential: 'boot-1' }
  const handle = await backend.start(
    {
      ...{ workspaceId, incarnation: 1, owner, boot },
      ...{ runtime: 'command', tier: 1, workspaceDir: null },
    },
    never,
  )
  return { server, backend, handle, owner, folder: runFolder(dataDir, handle) }
}

test('the agent host that the backend starts enrols, works, and is gone after a stop', async () => {
  const { server, backend, handle, owner, folder } = await givenRunningHost('exec cat')
  const echo = server.give('hello')
  await until(async () => echo.end !== undefined)

  await backend.stop(handle, never)

  expect(echo.end).toMatchObject({ outcome: 'completed', result: 'hello' })
  expect(await collect(backend.list(owner, never))).toEqual([])
  expect(await backend.inspect(handle, never)).toBe('absent')
  expect(await readFile(folder.exit, 'utf8')).toBe('0\n')
  await expect(readFile(folder.boot)).rejects.toThrow('ENOENT')
})

test('a stop in the middle of a task lets the host say that it was interrupted', async () => {
  const { server, backend, handle, owner } = await givenRunningHost(`
    setsid sleep 300 &
    echo up; exec sleep 300`)
  const task = server.give('x')
  await until(async () => task.output === 'up\n')

  await backend.stop(handle, never)

  expect(task.end).toMatchObject({ outcome: 'interrupted' })
  expect(await collect(backend.list(owner, never))).toEqual([])
})

test('the log of a host can be read, and holds no secret', async () => {
  const { server, backend, handle } = await givenRunningHost('exec cat')
  await until(async () => server.calls.includes('lease'))

  const lines = await collect(backend.logs?.(handle, { tailLines: 100 }, never) ?? none())

  expect(lines.map((line) => JSON.parse(line).message)).toContain('enrolled and ready')
  for (const secret of ['boot-1', 'host-1', 'agent-token'])
    expect(lines.join('\n')).not.toContain(secret)
})

async function* none() {}
