import type { WorkspaceId } from '@molecule/contract/id'
import type { Db, WorkspaceRow } from '../db/tables.ts'
import { arrive } from '../domain/host/arrive.ts'
import { workspaceById } from '../domain/workspace/workspace-store.ts'
import { workspaceController } from '../reconcile/workspace-controller.ts'
import { fakeClock } from './fake-clock.ts'
import { givenOrg, type Org } from './given.ts'
import { type MemoryBackend, memoryBackend } from './memory-backend.ts'
import { testDb } from './test-db.ts'

const never = new AbortController().signal
export const quietLog = { info() {}, warn() {}, error() {} }

type Given = {
  enabled?: string[]
  isDraining?: () => boolean
  provisionConcurrency?: number
  backend?: MemoryBackend
}

/** A database, a backend in memory and the controller between them, driven round by round. */
export async function givenController({
  enabled = ['process'],
  isDraining = () => false,
  provisionConcurrency = Number.POSITIVE_INFINITY,
  backend = memoryBackend(),
}: Given = {}) {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const make = () =>
    workspaceController({
      db,
      log: quietLog,
      backends: new Map([['process', backend]]),
      enabled,
      installId: 'install',
      nodeId: 'node',
      url: () => 'http://127.0.0.1:1',
      isDraining,
      provisionConcurrency,
      remoteStaleMs: 90_000,
    })
  let controller = make()
  const rounds = async (count = 1, signal = never) => {
    for (let n = 0; n < count; n++) {
      await controller.round(signal)
      await controller.end?.()
    }
  }
  /** The server was killed and started again: nothing is left in memory. */
  const reborn = () => {
    controller = make()
  }
  return { clock, db, org, backend, rounds, reborn }
}

export type World = Awaited<ReturnType<typeof givenController>>

export const rowOf = async ({ db }: { db: Db }, id: WorkspaceId): Promise<WorkspaceRow> => {
  const row = await workspaceById(db, id)
  if (!row) throw new Error('the workspace is gone')
  return row
}

/** Its host reports in, as after a good start. */
export const reportIn = (
  { db, org }: { db: Db; org: Org },
  workspaceId: WorkspaceId,
  incarnation: number,
) => arrive(db, { kind: 'host', orgId: org.orgId, workspaceId, incarnation, credentialId: 'x' })
