import type { Reason } from '@molecule/contract/workspace'
import { handleFor } from '../backend/backend.ts'
import { dbNow, lockRow } from '../db/dialect/dialect.ts'
import type { Queryable, Tx, WorkspaceRow } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { unreported } from '../domain/registry/report.ts'
import { planEnd, recordIntent } from '../domain/resource/resource-store.ts'
import { missingEnv } from '../domain/secret/missing-env.ts'
import { moveWorkspace } from '../domain/workspace/workspace-status.ts'
import { backoff } from '../lib/backoff.ts'
import * as reasons from './reason.ts'
import type { StepContext } from './step-context.ts'

export const START_RETRY = { first: 1000, most: 5 * 60_000 }
export const MAX_START_FAILURES = 5

/** A new incarnation: fences the former one and writes down what is about to be created. */
export async function begin(
  context: StepContext,
  row: WorkspaceRow,
  planned: boolean,
): Promise<boolean> {
  // Looked at first without a lock: many may wait, and each looks again at every round.
  if (!(await hasPlace(context.db, context, row))) return false
  return transact(context.db, async (tx) => {
    if (!(await takePlace(tx, context, row))) return false
    await lockRow(tx, 'workspaces', row.id)
    if (planned) await planEnd(tx, row.id)
    return beginIn(tx, context, row)
  })
}

async function beginIn(tx: Tx, context: StepContext, row: WorkspaceRow): Promise<boolean> {
  const { installId, nodeId, enabled } = context
  const [backend] = enabled
  const begun = await moveToBegin(tx, context, row)
  if (!begun) return false
  const refusal = await refusalOf(tx, begun, backend)
  if (refusal) await park(tx, begun, refusal)
  if (refusal || backend === undefined) return false
  const owner = { installId, nodeId }
  const ref = { workspaceId: row.id, incarnation: begun.incarnation, owner }
  await recordIntent(tx, begun, { backend, nodeId, handle: handleFor(backend, ref) })
  return true
}

async function moveToBegin(tx: Tx, { enabled, backends, nodeId }: StepContext, row: WorkspaceRow) {
  const [backend = 'none'] = enabled
  const hasToPrepare = backends.get(backend)?.prepare !== undefined
  const change = {
    incarnation: row.incarnation + 1,
    startedGeneration: row.generation,
    provisionPhase: hasToPrepare ? ('pull' as const) : ('start' as const),
    provisionStartedAt: await dbNow(tx),
    backend,
    nodeId,
    nextStartAt: null,
    ...unreported,
  }
  const seen = { incarnation: row.incarnation, generation: row.generation }
  return moveWorkspace(tx, row.id, 'begin', change, seen)
}

type Refusal = { reason: Reason; payload?: Record<string, unknown> }

/** Why it is no use to ask a backend. */
async function refusalOf(
  tx: Tx,
  row: WorkspaceRow,
  backend: string | undefined,
): Promise<Refusal | undefined> {
  if (backend === undefined) return { reason: reasons.noBackend }
  const missing = await missingEnv(tx, row)
  if (missing.length === 0) return undefined
  return { reason: reasons.missingEnv(missing, row.name), payload: { missing } }
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

/** Records a failed start, and when the next is due: 1 s doubled each time; after five it waits for a person. */
export async function failStart(
  tx: Tx,
  row: WorkspaceRow,
  failureReason: Reason,
  payload: Record<string, unknown> = {},
): Promise<void> {
  const startFailures = row.startFailures + 1
  const isParked = startFailures >= MAX_START_FAILURES
  const nextStartAt = isParked ? null : (await dbNow(tx)) + backoff(startFailures, START_RETRY)
  const change = { failureReason, startFailures, nextStartAt }
  await moveWorkspace(tx, row.id, 'fail', change, { incarnation: row.incarnation, payload })
}

/** A failure that another try would only repeat. */
async function park(tx: Tx, row: WorkspaceRow, { reason, payload = {} }: Refusal): Promise<void> {
  const startFailures = row.startFailures + 1
  const change = { failureReason: reason, startFailures, nextStartAt: null }
  await moveWorkspace(tx, row.id, 'fail', change, { incarnation: row.incarnation, payload })
}
