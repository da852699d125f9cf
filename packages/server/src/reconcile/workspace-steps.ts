import { sql } from 'kysely'
import { handleFor } from '../backend/backend.ts'
import { dbNow, lockRow } from '../db/dialect/dialect.ts'
import type { WorkspaceRow } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { runtimeNamed } from '../domain/runtime/runtime.ts'
import { wake } from '../domain/wake.ts'
import { moveWorkspace } from '../domain/workspace/workspace-status.ts'
import { workspaceById } from '../domain/workspace/workspace-store.ts'
import type { Step } from './decide.ts'
import * as reasons from './reason.ts'
import { lastLines, type StepContext } from './step-context.ts'
import { failLate, launch } from './step-launch.ts'
import { purge } from './step-purge.ts'
import { begin } from './step-start.ts'
import { bury, stop } from './step-stop.ts'

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
      return launch(context, { row, resource: step.resource }, signal)
    case 'stop':
      await stop(context, { row, resource: step.resource }, signal)
      return context.backends.has(step.resource.backend)
    case 'bury':
      return bury(context, { row, resource: step.resource }, signal)
    case 'timeout':
      return timeout(context, row, signal)
    case 'goSilent':
      return goSilent(context, row, step.unreachable)
    case 'awaitAgent':
      return awaitAgent(context, row, step.silent)
    case 'observe':
      return observe(context, row)
    case 'doze':
      return doze(context, row)
    case 'rest':
      return rest(context, row, step.as)
    case 'remove':
      return remove(context, row)
    case 'purge':
      return purge(context, row, signal)
    case 'nothing':
      return false
  }
}

async function timeout(context: StepContext, row: WorkspaceRow, signal: AbortSignal) {
  const backend = row.backend === null ? undefined : context.backends.get(row.backend)
  const { installId, nodeId } = context
  const ref = { workspaceId: row.id, incarnation: row.incarnation, owner: { installId, nodeId } }
  const handle = backend ? handleFor(backend.id, ref) : undefined
  const lines = backend && handle ? await lastLines(backend, { handle }, signal) : []
  const limitMs = runtimeNamed(row.runtime).provisionTimeoutMs
  await failLate(context, row, { phase: row.provisionPhase ?? 'start', limitMs, lines })
  return true
}

async function goSilent(context: StepContext, row: WorkspaceRow, unreachable: boolean) {
  const failureReason = unreachable ? reasons.backendUnreachable : reasons.noHeartbeat
  await transact(context.db, (tx) =>
    moveWorkspace(tx, row.id, 'goSilent', { failureReason }, { incarnation: row.incarnation }),
  )
  return false
}

/** Looks again under the lock: a heartbeat that came meanwhile wins. */
async function awaitAgent(context: StepContext, row: WorkspaceRow, silent: boolean) {
  return transact(context.db, async (tx) => {
    await lockRow(tx, 'workspaces', row.id)
    const now = await workspaceById(tx, row.id)
    if (now?.lastHeartbeatAt !== row.lastHeartbeatAt) return false
    const silentMs = (await dbNow(tx)) - (row.lastHeartbeatAt ?? row.updatedAt)
    const failureReason = silent ? reasons.agentSilent(silentMs) : null
    const seen = { generation: row.generation }
    return (await moveWorkspace(tx, row.id, 'awaitAgent', { failureReason }, seen)) !== undefined
  })
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

/** Its stop begins. */
async function doze(context: StepContext, row: WorkspaceRow): Promise<boolean> {
  const { generation } = row
  const moved = await transact(context.db, (tx) =>
    moveWorkspace(tx, row.id, 'doze', { provisionPhase: null }, { generation }),
  )
  return moved !== undefined
}

/** Nothing of it runs, as wished. A wish that came meanwhile wins. */
async function rest(context: StepContext, row: WorkspaceRow, as: 'paused' | 'hibernated') {
  const { generation } = row
  const change = { observedGeneration: generation, failureReason: null, provisionPhase: null }
  const move = as === 'paused' ? 'pause' : 'hibernate'
  await transact(context.db, (tx) => moveWorkspace(tx, row.id, move, change, { generation }))
  return false
}

async function remove(context: StepContext, row: WorkspaceRow): Promise<boolean> {
  const change = { observedGeneration: row.generation, failureReason: null }
  await transact(context.db, (tx) => moveWorkspace(tx, row.id, 'remove', change))
  return row.purgeRequestedAt !== null
}
