import type { Reason } from '@molecule/contract/workspace'
import { sql } from 'kysely'
import { type Backend, type BackendHandle, handleFor } from '../backend/backend.ts'
import { dbNow, lockRow } from '../db/dialect/dialect.ts'
import type { Db, ResourceRow, Tx, WorkspaceRow } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { mintCredential } from '../domain/identity/credential-store.ts'
import {
  closeResource,
  confirmStarted,
  planEnd,
  recordIntent,
  recordStopFailure,
} from '../domain/resource/resource-store.ts'
import { runtimeNamed } from '../domain/runtime/runtime.ts'
import { endAttemptsOf } from '../domain/task/task-loss.ts'
import { wake } from '../domain/wake.ts'
import { moveWorkspace } from '../domain/workspace/workspace-status.ts'
import { backoff } from '../lib/backoff.ts'
import type { Step } from './decide.ts'
import * as reasons from './reason.ts'
import type { Log } from './supervise.ts'

export type StepContext = {
  db: Db
  log: Log
  backends: ReadonlyMap<string, Backend>
  /** Backends that are enabled, in order of preference. */
  enabled: readonly string[]
  installId: string
  nodeId: string
  /** Where agent hosts dial to. */
  url: () => string
}

const START_RETRY = { first: 1000, most: 5 * 60_000 }
const MAX_START_FAILURES = 5
/** A start that lived so long was good: what ends it is no crash loop. */
const GOOD_LIFE_MS = 60_000
const STOP_RETRY = { first: 1000, most: 30_000 }
const STOPS_BEFORE_SUSPECT = 3
const STOP_MS = 20_000
const START_MS = 30_000
const LOG_LINES = 12

/** Takes one step; true when it is worth looking again at once. */
export async function takeStep(
  context: StepContext,
  row: WorkspaceRow,
  step: Step,
  signal: AbortSignal,
): Promise<boolean> {
  switch (step.do) {
    case 'begin':
      return begin(context, row, step.planned)
    case 'launch':
      return launch(context, row, step.resource, signal)
    case 'stop':
      return stop(context, row, step.resource, signal)
    case 'bury':
      return bury(context, row, step.resource, signal)
    case 'timeout':
      return timeout(context, row, signal)
    case 'goSilent':
      return goSilent(context, row, step.unreachable)
    case 'observe':
      return observe(context, row)
    case 'remove':
      return remove(context, row)
    case 'nothing':
      return false
  }
}

/** A new incarnation: fences the former one and writes down what is about to be created. */
async function begin(context: StepContext, row: WorkspaceRow, planned: boolean): Promise<boolean> {
  const backend = context.enabled[0]
  return transact(context.db, async (tx) => {
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

async function launch(
  context: StepContext,
  row: WorkspaceRow,
  resource: ResourceRow,
  signal: AbortSignal,
): Promise<boolean> {
  const backend = context.backends.get(resource.backend)
  if (!backend) return false
  const credential = await transact(context.db, async (tx) =>
    mintCredential(tx, {
      orgId: row.orgId,
      kind: 'boot',
      workspaceId: row.id,
      incarnation: resource.incarnation,
      now: await dbNow(tx),
      ttlMs: runtimeNamed(row.runtime).provisionTimeoutMs + START_MS,
    }),
  )
  try {
    const handle = await backend.start(
      { ...(resource.handle as BackendHandle), boot: { url: context.url(), credential } },
      AbortSignal.any([signal, AbortSignal.timeout(START_MS)]),
    )
    await transact(context.db, async (tx) => {
      await confirmStarted(tx, resource.id, handle)
      await tx
        .updateTable('workspaces')
        .set({ provisionPhase: 'connect', rev: sql`rev + 1` })
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

/** Ends a start and proves it. Three tries later it is a leak suspect, and goes on being stopped. */
async function stop(
  context: StepContext,
  row: WorkspaceRow,
  resource: ResourceRow,
  signal: AbortSignal,
): Promise<boolean> {
  const backend = context.backends.get(resource.backend)
  if (!backend) return false
  const handle = resource.handle as BackendHandle
  try {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(STOP_MS)])
    await backend.stop(handle, patience)
    if (row.desiredState === 'removed') await backend.purge?.(handle, patience)
  } catch (error) {
    if (signal.aborted) return false
    context.log.warn(
      { workspaceId: row.id, incarnation: resource.incarnation, error },
      'a stop failed',
    )
    await transact(context.db, (tx) => stopFailed(tx, resource, error))
    return true
  }
  await transact(context.db, async (tx) => {
    if (!(await closeResource(tx, resource.id))) return
    const isOurWish = row.desiredState !== 'running' || resource.plannedEnd === 1
    await endAttemptsOf(tx, {
      workspaceId: row.id,
      incarnation: resource.incarnation,
      planned: isOurWish || row.status === 'failed',
      proven: true,
    })
    wake(tx, `ws:${row.id}`)
  })
  return true
}

async function stopFailed(tx: Tx, resource: ResourceRow, error: unknown): Promise<void> {
  const now = await dbNow(tx)
  const stopAttempts = resource.stopAttempts + 1
  const isSuspect = stopAttempts >= STOPS_BEFORE_SUSPECT
  await recordStopFailure(tx, resource.id, {
    stopAttempts,
    nextStopAt: now + backoff(stopAttempts, STOP_RETRY),
    leakSuspectAt: resource.leakSuspectAt ?? (isSuspect ? now : null),
    lastError: error instanceof Error ? error.message : String(error),
  })
  if (isSuspect && resource.leakSuspectAt === null)
    await endAttemptsOf(tx, {
      workspaceId: resource.workspaceId,
      incarnation: resource.incarnation,
      planned: false,
      proven: false,
    })
}

/** Its host ended by itself. What it left behind is stopped first: only then is the end proven. */
async function bury(
  context: StepContext,
  row: WorkspaceRow,
  resource: ResourceRow,
  signal: AbortSignal,
): Promise<boolean> {
  const backend = context.backends.get(resource.backend)
  const lines = backend ? await lastLines(backend, resource, signal) : []
  if (!(await stop(context, row, resource, signal))) return false
  await transact(context.db, async (tx) => {
    const livedMs = (await dbNow(tx)) - (resource.confirmedAt ?? resource.createdAt)
    if (row.status === 'provisioning') await failStart(tx, row, reasons.hostEndedInStart(lines))
    else if (livedMs >= GOOD_LIFE_MS)
      await noteEnd(tx, row, { startFailures: 0, nextStartAt: null })
    else await crashed(tx, row, lines)
  })
  return true
}

async function crashed(tx: Tx, row: WorkspaceRow, lines: string[]): Promise<void> {
  const startFailures = row.startFailures + 1
  if (startFailures >= MAX_START_FAILURES) {
    await failStart(tx, row, reasons.crashLoop(startFailures, lines))
    return
  }
  const nextStartAt = (await dbNow(tx)) + backoff(startFailures, START_RETRY)
  await noteEnd(tx, row, { startFailures, nextStartAt })
}

async function noteEnd(
  tx: Tx,
  row: WorkspaceRow,
  next: { startFailures: number; nextStartAt: number | null },
): Promise<void> {
  const seen = { incarnation: row.incarnation }
  await moveWorkspace(tx, row.id, 'goSilent', { failureReason: reasons.hostEnded, ...next }, seen)
}

/** Records a failed start, and when the next is due: 1 s doubled each time; after five it waits for a person. */
async function failStart(tx: Tx, row: WorkspaceRow, failureReason: Reason): Promise<void> {
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

async function timeout(context: StepContext, row: WorkspaceRow, signal: AbortSignal) {
  const backend = row.backend === null ? undefined : context.backends.get(row.backend)
  const { installId, nodeId } = context
  const ref = { workspaceId: row.id, incarnation: row.incarnation, owner: { installId, nodeId } }
  const handle = backend ? handleFor(backend.id, ref) : undefined
  const lines = backend && handle ? await lastLines(backend, { handle }, signal) : []
  const limitS = runtimeNamed(row.runtime).provisionTimeoutMs / 1000
  await transact(context.db, (tx) =>
    failStart(tx, row, reasons.provisionTimeout(row.provisionPhase ?? 'start', limitS, lines)),
  )
  return true
}

async function goSilent(context: StepContext, row: WorkspaceRow, unreachable: boolean) {
  const failureReason = unreachable ? reasons.backendUnreachable : reasons.noHeartbeat
  await transact(context.db, (tx) =>
    moveWorkspace(tx, row.id, 'goSilent', { failureReason }, { incarnation: row.incarnation }),
  )
  return false
}

/** The wish holds, and the row says so. */
async function observe(context: StepContext, row: WorkspaceRow): Promise<boolean> {
  await transact(context.db, async (tx) => {
    await tx
      .updateTable('workspaces')
      .set({ observedGeneration: row.generation, rev: sql`rev + 1` })
      .where('id', '=', row.id)
      .where('generation', '=', row.generation)
      .execute()
    wake(tx, `ws:${row.id}`)
  })
  return false
}

async function remove(context: StepContext, row: WorkspaceRow): Promise<boolean> {
  const change = { observedGeneration: row.generation, failureReason: null }
  await transact(context.db, (tx) => moveWorkspace(tx, row.id, 'remove', change))
  return false
}

async function lastLines(
  backend: Backend,
  { handle }: Pick<ResourceRow, 'handle'>,
  signal: AbortSignal,
): Promise<string[]> {
  const lines: string[] = []
  try {
    const log = backend.logs?.(handle as BackendHandle, { tailLines: LOG_LINES }, signal) ?? []
    for await (const line of log) lines.push(line)
  } catch {
    return lines
  }
  return lines
}
