import type { TaskEventName, WorkspaceEventName } from '@molecule/contract/event'
import { insertEvent } from '../../db/publish.ts'
import type { TaskRow, Tx, WorkspaceRow } from '../../db/tables.ts'
import { taskSummaryToWire } from '../task/task-wire.ts'
import { wake } from '../wake.ts'
import { loadOf, workspaceToWire } from '../workspace/workspace-wire.ts'

/** Writes the event of a workspace's change, in the transaction of the change, and wakes who waits for it. */
export async function recordWorkspace(
  tx: Tx,
  event: WorkspaceEventName,
  row: WorkspaceRow,
  { actor = 'system', payload = {} }: { actor?: string; payload?: Record<string, unknown> } = {},
): Promise<void> {
  const workspace = workspaceToWire(row, await loadOf(tx, row.id))
  await insertEvent(tx, {
    orgId: row.orgId,
    event,
    workspaceId: row.id,
    entity: 'workspace',
    entityId: row.id,
    rev: row.rev,
    actor,
    payload: { ...factsOf[event]?.(row), ...payload, workspace },
    at: row.updatedAt,
  })
  wake(tx, 'feed', 'workspaces', `ws:${row.id}`)
}

/** What an event tells beside the row, in the words that watchers know. */
const factsOf: Partial<Record<WorkspaceEventName, (row: WorkspaceRow) => object>> = {
  WORKSPACE_PROVISIONING: ({ name, tier, runtime }) => ({ name, tier, runtime }),
  WORKSPACE_ONLINE: ({ url, agentCard }) => ({ url, agent_card: agentCard }),
  WORKSPACE_DEGRADED: ({ errorRate, runtimeState, lastRuntimeError }) => ({
    error_rate: errorRate,
    ...(runtimeState ? { runtime_state: runtimeState } : {}),
    sample_error: lastRuntimeError,
  }),
  WORKSPACE_PROVISION_FAILED: ({ failureReason, runtime }) => ({
    error: failureReason?.detail,
    runtime,
  }),
  WORKSPACE_AWAITING_AGENT: ({ name }) => ({ name, external: true }),
  AGENT_CARD_UPDATED: ({ agentCard }) => ({ agent_card: agentCard }),
}

/** The same for a task. Watchers of a delegation know it by the workspace that asked. */
export async function recordTask(
  tx: Tx,
  move: 'SENT' | 'STATUS' | 'COMPLETE' | 'FAILED',
  row: TaskRow,
  { actor = 'system' }: { actor?: string } = {},
): Promise<void> {
  const isDelegation = row.callerKind === 'workspace'
  const event: TaskEventName = isDelegation ? `DELEGATION_${move}` : `TASK_${move}`
  await insertEvent(tx, {
    orgId: row.orgId,
    event,
    workspaceId: isDelegation ? (row.callerId as TaskRow['calleeId']) : row.calleeId,
    entity: 'task',
    entityId: row.id,
    rev: row.rev,
    actor,
    payload: {
      ...(isDelegation ? { delegation_id: row.id, target_id: row.calleeId } : {}),
      task: taskSummaryToWire(row),
    },
    at: row.updatedAt,
  })
  wake(tx, 'feed', `task:${row.id}`, `ws:${row.calleeId}`)
}
