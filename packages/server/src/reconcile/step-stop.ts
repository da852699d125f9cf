import { sql } from 'kysely'
import type { BackendHandle } from '../backend/backend.ts'
import { dbNow } from '../db/dialect/dialect.ts'
import type { Tx, WorkspaceRow } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { recordWorkspace } from '../domain/event/record.ts'
import { closeResource, recordStopFailure } from '../domain/resource/resource-store.ts'
import { endAttemptsOf } from '../domain/task/task-loss.ts'
import { wake } from '../domain/wake.ts'
import { moveWorkspace } from '../domain/workspace/workspace-status.ts'
import { backoff } from '../lib/backoff.ts'
import { redact } from '../lib/redact.ts'
import * as reasons from './reason.ts'
import { lastLines, type StepContext, type Subject } from './step-context.ts'
import { failStart, MAX_START_FAILURES, START_RETRY } from './step-start.ts'

/** A start that lived so long was good: what ends it is no crash loop. */
const GOOD_LIFE_MS = 60_000
const STOP_RETRY = { first: 1000, most: 30_000 }
const STOPS_BEFORE_SUSPECT = 3
const STOP_MS = 20_000

/** Ends a start and proves it. Three tries later it is a leak suspect, and goes on being stopped. True once proven. */
export async function stop(
  context: StepContext,
  { row, resource }: Subject,
  signal: AbortSignal,
): Promise<boolean> {
  const backend = context.backends.get(resource.backend)
  if (!backend) return false
  const handle = resource.handle as BackendHandle
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(STOP_MS)])
    await backend.stop(handle, patience)
  } catch (error) {
    if (signal.aborted) return false
    const { incarnation } = resource
    context.log.warn({ workspaceId: row.id, incarnation, error }, 'a stop failed')
    await transact(context.db, (tx) => stopFailed(tx, { row, resource }, error))
    return false
  }
  await transact(context.db, (tx) => close(tx, { row, resource }))
  return true
}

async function close(tx: Tx, { row, resource }: Subject): Promise<void> {
  if (!(await closeResource(tx, resource.id))) return
  const isOurWish = row.desiredState !== 'running' || resource.plannedEnd === 1
  await endAttemptsOf(tx, {
    workspaceId: row.id,
    incarnation: resource.incarnation,
    planned: isOurWish || row.status === 'failed',
    proven: true,
  })
  wake(tx, `ws:${row.id}`)
}

async function stopFailed(tx: Tx, { row, resource }: Subject, error: unknown): Promise<void> {
  const now = await dbNow(tx)
  const stopAttempts = resource.stopAttempts + 1
  const isSuspect = stopAttempts >= STOPS_BEFORE_SUSPECT
  await recordStopFailure(tx, resource.id, {
    stopAttempts,
    nextStopAt: now + backoff(stopAttempts, STOP_RETRY),
    leakSuspectAt: resource.leakSuspectAt ?? (isSuspect ? now : null),
    lastError: redact(error instanceof Error ? error.message : String(error)),
  })
  if (row.desiredState !== 'running') await markUnproven(tx, row)
  if (isSuspect && resource.leakSuspectAt === null)
    await endAttemptsOf(tx, {
      workspaceId: resource.workspaceId,
      incarnation: resource.incarnation,
      planned: false,
      proven: false,
    })
}

/** The status says what was last observed; the reason, that it may be so no longer. */
async function markUnproven(tx: Tx, row: WorkspaceRow): Promise<void> {
  if (row.failureReason?.code === reasons.stopUnproven.code) return
  const marked = await tx
    .updateTable('workspaces')
    .set({
      failureReason: reasons.stopUnproven,
      rev: sql`rev + 1`,
      updatedAt: await dbNow(tx),
    })
    .where('id', '=', row.id)
    .where('generation', '=', row.generation)
    .returningAll()
    .executeTakeFirst()
  if (marked) await recordWorkspace(tx, 'WORKSPACE_UPDATED', marked)
}

/** Its host ended by itself. What it left behind is stopped first: only then is the end proven. */
export async function bury(
  context: StepContext,
  { row, resource }: Subject,
  signal: AbortSignal,
): Promise<boolean> {
  const backend = context.backends.get(resource.backend)
  const lines = backend ? await lastLines(backend, resource, signal) : []
  if (!(await stop(context, { row, resource }, signal))) return false
  await transact(context.db, async (tx) => {
    const livedMs = (await dbNow(tx)) - (resource.confirmedAt ?? resource.createdAt)
    if (row.status === 'provisioning') await failStart(tx, row, reasons.hostEndedInStart(lines))
    else if (livedMs >= GOOD_LIFE_MS)
      await noteEnd(tx, row, { startFailures: 0, nextStartAt: null })
    else await crashed(tx, row, lines)
  })
  return true
}

/** The first time it is started again at once; from then on with growing pauses. */
async function crashed(tx: Tx, row: WorkspaceRow, lines: string[]): Promise<void> {
  const startFailures = row.startFailures + 1
  if (startFailures >= MAX_START_FAILURES) {
    await failStart(tx, row, reasons.crashLoop(startFailures, lines))
    return
  }
  const pauseMs = startFailures > 1 ? backoff(startFailures - 1, START_RETRY) : 0
  await noteEnd(tx, row, { startFailures, nextStartAt: (await dbNow(tx)) + pauseMs })
}

async function noteEnd(
  tx: Tx,
  row: WorkspaceRow,
  next: { startFailures: number; nextStartAt: number | null },
): Promise<void> {
  const seen = { incarnation: row.incarnation }
  await moveWorkspace(tx, row.id, 'goSilent', { failureReason: reasons.hostEnded, ...next }, seen)
}
