import type { WorkspaceId } from '@molecule/contract/id'
import type { BackendHandle } from '../backend/backend.ts'
import { dbNow } from '../db/dialect/dialect.ts'
import type { ResourceRow, Tx, WorkspaceRow } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { forgetChat } from '../domain/chat-file/chat-file-store.ts'
import { newestPerBackend } from '../domain/resource/resource-store.ts'
import { backoff } from '../lib/backoff.ts'
import { redact } from '../lib/redact.ts'
import type { StepContext } from './step-context.ts'

const PURGE_RETRY = { first: 1000, most: 5 * 60_000 }
const PURGE_MS = 60_000

/** Removes what a removed workspace stored, on every backend it ran on. It is tried again until that is proven. */
export async function purge(
  context: StepContext,
  row: WorkspaceRow,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    for (const resource of await newestPerBackend(context.db, row.id))
      await purgeOn(context, resource, AbortSignal.any([signal, AbortSignal.timeout(PURGE_MS)]))
  } catch (error) {
    if (signal.aborted) return false
    context.log.warn({ workspaceId: row.id, error }, 'a purge failed and is tried again')
    await transact(context.db, (tx) => purgeFailed(tx, row, error))
    return false
  }
  await transact(context.db, (tx) => purged(tx, row.id))
  return false
}

async function purgeOn(context: StepContext, resource: ResourceRow, signal: AbortSignal) {
  const backend = context.backends.get(resource.backend)
  if (!backend) throw new Error(`the backend ${resource.backend} is not enabled here`)
  await backend.purge?.(resource.handle as BackendHandle, signal)
}

async function purged(tx: Tx, id: WorkspaceId): Promise<void> {
  await forgetChat(tx, id)
  await tx
    .updateTable('workspaces')
    .set({ purgedAt: await dbNow(tx), nextPurgeAt: null, purgeError: null })
    .where('id', '=', id)
    .execute()
}

async function purgeFailed(tx: Tx, row: WorkspaceRow, error: unknown): Promise<void> {
  const purgeAttempts = row.purgeAttempts + 1
  await tx
    .updateTable('workspaces')
    .set({
      purgeAttempts,
      nextPurgeAt: (await dbNow(tx)) + backoff(purgeAttempts, PURGE_RETRY),
      purgeError: redact(error instanceof Error ? error.message : String(error)),
    })
    .where('id', '=', row.id)
    .execute()
}
