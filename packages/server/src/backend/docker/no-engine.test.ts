import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { StopUnproven } from '../backend.ts'
import { collect } from '../conformance.ts'
import { dockerBackend } from './docker-backend.ts'
import { dockerEngine } from './engine.ts'

const never = new AbortController().signal

test('LC-40 an engine that does not answer makes it unknown, and a stop unproven', async () => {
  const owner = { installId: randomUUID(), nodeId: 'node-1' }
  const backend = dockerBackend({
    ...{ engine: dockerEngine('/nowhere/docker.sock'), owner, dataDir: tmpdir(), user: 1000 },
    ...{ network: undefined, isReachable: true, serverUrl: () => 'http://127.0.0.1:1' },
    images: { any: 'none:1', byRuntime: {} },
    limitsOf: () => ({ memoryMb: 64, cpuShares: 64 }),
  })
  const place = { runtime: 'command', tier: 1, workspaceDir: null }
  const boot = { url: 'http://127.0.0.1:1', credential: 'boot-secret' }
  const wanted = { workspaceId: randomUUID(), incarnation: 1, owner, boot, ...place }
  const handle = { backend: backend.id, workspaceId: wanted.workspaceId, incarnation: 1, owner }

  expect(await backend.inspect(handle, never)).toBe('unknown')
  await expect(backend.stop(handle, never)).rejects.toThrow(StopUnproven)
  await expect(backend.purge?.(handle, never)).rejects.toThrow(StopUnproven)
  await expect(collect(backend.list(owner, never))).rejects.toThrow('does not answer')
  await expect(backend.start(wanted, never)).rejects.toThrow(
    /does not answer at .* Is dockerd running/,
  )
  expect(await backend.check?.(never)).toMatchObject({ ok: false })
})
