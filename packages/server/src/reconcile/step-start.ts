import type { Reason } from '@molecule/contract/workspace'
import { sql } from 'kysely'
import { type BackendHandle, handleFor } from '../backend/backend.ts'
import { dbNow, lockRow } from '../db/dialect/dialect.ts'
import type { Queryable, Tx, WorkspaceRow } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { mintCredential } from '../domain/identity/credential-store.ts'
import { unreported } from '../domain/registry/report.ts'
import { confirmStarted, planEnd, recordIntent } from '../domain/resource/resource-store.ts'
import { runtimeNamed } from '../domain/runtime/runtime.ts'
import { moveWorkspace } from '../domain/workspace/workspace-status.ts'
import { backoff } from '../lib/backoff.ts'
import * as reasons from './reason.ts'
import type { StepContext, Subject } from './step-context.ts'

export const START_RETRY = { first: 1000, most: 5 * 60_000 }
export const MAX_START_FAILURES = 5
const START_MS = 30_000

/** A new incarnation: fences the former one and writes down what is about to be created. */
export async function begin(
  context: StepContext,
  row: WorkspaceRow,
  planned: boolean,
): Promise<boolean> {
  const backend = context.enabled[0]
  // Looked at first without a lock: many may wait, and each looks again at every round.
  if (!(await hasPlace(context.db, context, row))) return false
  return transact(context.db, async (tx) => {
    if (!(await takePlace(tx, context, row))) return false
    await lockRow(tx, 'workspaces', row.id)
    if (planned) await planEnd(tx, row.id)
    const now = await dbNow(tx)
    const seen = { incarnation: row.incarnation, generation: row.generation }
    const begun = await moveWorkspace(
      tx,
      row.id,
      'begin',
      {
        incarnation: row.incarnation + 1,
        startedGeneration: row.generation,
        provisionPhase: 'start',
        provisionStartedAt: now,
        backend: backend ?? 'none',
        nodeId: context.nodeId,
        nextStartAt: null,
        ...unreported,
      },
      seen,
    )
    if (!begun) return false
    if (backend === undefined) {
      await park(tx, begun, reasons.noBackend)
      return false
    }
    const { installId, nodeId } = context
    const ref = {
      workspaceId: row.id,
      incarnation: begun.incarnation,
      owner: { installId, nodeId },
    }
    await recordIntent(tx, begun, { backend, nodeId, handle: handleFor(backend, ref) })
    return true
  })
}

/** Whether one more start of this server may be under way. The lock on the org lets one at a time count. */
async function takePlace(tx: Tx, context: StepContext, row: WorkspaceRow): Promise<boolean> {
  if (context.provisionConcurrency === Number.POSITIVE_INFINITY) return true
  await lockRow(tx, 'orgs', row.orgId)
  return hasPlace(tx, context, row)
}

async function hasPlace(
  db: Queryable,
  { provisionConcurrency, nodeId }: StepContext,
  row: WorkspaceRow,
): Promise<boolean> {
  if (provisionConcurrency === Number.POSITIVE_INFINITY) return true
  const { starting } = await db
    .selectFrom('workspaces')
    .select((is) => is.fn.countAll<number>().as('starting'))
    .where('status', '=', 'provisioning')
    .where('provisionPhase', 'is not', null)
    .where('nodeId', '=', nodeId)
    .where('id', '<>', row.id)
    .executeTakeFirstOrThrow()
  return Number(starting) < provisionConcurrency
}

/** Has the backend start what was written down. Repeating it finds what the first call began. */
export async function launch(
  context: StepContext,
  { row, resource }: Subject,
  signal: AbortSignal,
): Promise<boolean> {
  const backend = context.backends.get(resource.backend)
  if (!backend) return false
  const limitMs = backend.startLimitMs ?? START_MS
  const credential = await transact(context.db, async (tx) =>
    mintCredential(tx, {
      orgId: row.orgId,
      kind: 'boot',
      workspaceId: row.id,
      incarnation: resource.incarnation,
      now: await dbNow(tx),
      ttlMs: runtimeNamed(row.runtime).provisionTimeoutMs + limitMs,
    }),
  )
  try {
    const handle = await backend.start(
      {
        ...(resource.handle as BackendHandle),
        runtime: row.runtime,
        tier: row.tier,
        workspaceDir: row.workspaceDir,
        boot: { url: context.url(), credential },
      },
      AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
    )
    await transact(context.db, async (tx) => {
      await confirmStarted(tx, resource.id, handle)
      await tx
        .updateTable('workspaces')
        .set({
          provisionPhase: 'connect',
          // What the backend needed, for example to pull an image, is not held against the host.
          provisionStartedAt: await dbNow(tx),
          rev: sql`rev + 1`,
        })
        .where('id', '=', row.id)
        .where('incarnation', '=', resource.incarnation)
        .where('provisionPhase', '=', 'start')
        .execute()
    })
  } catch (error) {
    if (signal.aborted) return false
    context.log.warn({ workspaceId: row.id, error }, 'a start failed')
    await transact(context.db, (tx) => failStart(tx, row, reasons.startFailed(error)))
  }
  return true
}

/** Records a failed start, and when the next is due: 1 s doubled each time; after five it waits for a person. */
export async function failStart(tx: Tx, row: WorkspaceRow, failureReason: Reason): Promise<void> {
  const startFailures = row.startFailures + 1
  const isParked = startFailures >= MAX_START_FAILURES
  const nextStartAt = isParked ? null : (await dbNow(tx)) + backoff(startFailures, START_RETRY)
  const change = { failureReason, startFailures, nextStartAt }
  await moveWorkspace(tx, row.id, 'fail', change, { incarnation: row.incarnation })
}

/** A failure that another try would only repeat. */
async function park(tx: Tx, row: WorkspaceRow, failureReason: Reason): Promise<void> {
  const change = { failureReason, startFailures: row.startFailures + 1, nextStartAt: null }
  await moveWorkspace(tx, row.id, 'fail', change, { incarnation: row.incarnation })
}
