import { A2aTask, type A2aTaskState } from '@molecule/contract/a2a'
import type { TaskStatus } from '@molecule/contract/task'
import type { TaskRow } from '../../db/tables.ts'

/** The A2A state of each status; `stuck` is told as failed and named in the metadata. */
const states: Record<TaskStatus, A2aTaskState> = {
  queued: 'submitted',
  dispatched: 'working',
  in_progress: 'working',
  completed: 'completed',
  failed: 'failed',
  stuck: 'failed',
  canceled: 'canceled',
}

function stateOf(row: TaskRow): A2aTaskState {
  if (row.waitingFor === 'auth') return 'auth-required'
  return row.waitingFor === 'input' || row.waitingFor === 'approval'
    ? 'input-required'
    : states[row.status]
}

export const a2aTask = (row: TaskRow, result: string | null): A2aTask =>
  A2aTask.parse({
    kind: 'task',
    id: row.id,
    contextId: row.contextId,
    status: {
      state: stateOf(row),
      timestamp: new Date(row.updatedAt).toISOString(),
      ...(row.error ? { message: agentMessage(row, `${row.error.detail} ${row.error.hint}`) } : {}),
    },
    ...(result === null
      ? {}
      : { artifacts: [{ artifactId: 'result', parts: [{ kind: 'text', text: result }] }] }),
    metadata: {
      molecule_status: row.status,
      attempt: row.attempt,
      ...(row.waitingFor === null ? {} : { waiting_for: row.waitingFor }),
    },
  })

const agentMessage = (row: TaskRow, text: string) => ({
  kind: 'message',
  role: 'agent',
  messageId: `${row.id}-status`,
  taskId: row.id,
  contextId: row.contextId,
  parts: [{ kind: 'text', text }],
})
