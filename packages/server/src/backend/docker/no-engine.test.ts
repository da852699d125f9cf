import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { handleFor, StopUnproven } from '../backend.ts'
import { collect } from '../conformance.ts'
import { dockerBackend } from './docker-backend.ts'
import { dockerEngine } from './engine.ts'

const never = new AbortController().signal

function givenBackend(socketPath: string) {
  const owner = { installId: randomUUID(), nodeId: 'node-1' }
  const backend = dockerBackend({
    ...{ engine: dockerEngine(socketPath), owner, dataDir: tmpdir(), user: 1000 },
    ...{ network: undefined, isReachable: true, serverUrl: () => 'http://127.0.0.1:1' },
    images: { any: 'none:1', byRuntime: {} },
    limitsOf: () => ({ memoryMb: 64, cpuShares: 64 }),
  })
  const place = { runtime: 'command', tier: 1, workspaceDir: null }
  const boot = { url: 'http://127.0.0.1:1', credential: 'boot-secret' }
  const wanted = { workspaceId: randomUUID(), incarnation: 1, owner, boot, ...place }
  return { backend, owner, wanted, handle: handleFor(backend.id, wanted) }
}

test('LC-40 an engine that is not there makes it unknown, and a stop unproven', async () => {
  const { backend, owner, wanted, handle } = givenBackend('/nowhere/docker.sock')

  expect(await backend.inspect(handle, never)).toBe('unknown')
  await expect(backend.stop(handle, never)).rejects.toThrow(StopUnproven)
  await expect(backend.purge?.(handle, never)).rejects.toThrow(StopUnproven)
  await expect(collect(backend.list(owner, never))).rejects.toThrow('does not answer')
  await expect(backend.start(wanted, never)).rejects.toThrow(
    /does not answer at .* Is dockerd running/,
  )
  expect(await backend.check?.(never)).toMatchObject({ ok: false })
})

test('LC-40 an engine that hangs is waited for as long as the caller says, and makes it unknown', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hangs-'))
  const open = new Set<Socket>()
  const engine = createServer((socket) => void open.add(socket))
  await once(engine.listen(join(folder, 'docker.sock')), 'listening')
  onTestFinished(async () => {
    for (const socket of open) socket.destroy()
    engine.close()
    await rm(folder, { recursive: true })
  })
  const { backend, wanted, handle } = givenBackend(join(folder, 'docker.sock'))
  const soon = () => AbortSignal.timeout(50)

  expect(await backend.inspect(handle, soon())).toBe('unknown')
  await expect(backend.stop(handle, soon())).rejects.toThrow()
  await expect(backend.start(wanted, soon())).rejects.toThrow()
  expect(await backend.check?.(soon())).toMatchObject({ ok: false })
})
