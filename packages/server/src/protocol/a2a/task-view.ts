import {
  type Artifact,
  type Message,
  Role,
  type Task,
  TaskState,
  type TaskStatus,
} from '@a2a-js/sdk'
import type { TaskStatus as Status } from '@molecule/contract/task'
import type { AttemptRow, TaskRow } from '../../db/tables.ts'

/** The A2A state of each status; `stuck` is told as failed and named in the metadata. */
const states: Record<Status, TaskState> = {
  queued: TaskState.TASK_STATE_SUBMITTED,
  dispatched: TaskState.TASK_STATE_WORKING,
  in_progress: TaskState.TASK_STATE_WORKING,
  completed: TaskState.TASK_STATE_COMPLETED,
  failed: TaskState.TASK_STATE_FAILED,
  stuck: TaskState.TASK_STATE_FAILED,
  canceled: TaskState.TASK_STATE_CANCELED,
}

export function stateOf(row: TaskRow): TaskState {
  if (row.waitingFor === 'auth') return TaskState.TASK_STATE_AUTH_REQUIRED
  return row.waitingFor === 'input' || row.waitingFor === 'approval'
    ? TaskState.TASK_STATE_INPUT_REQUIRED
    : states[row.status]
}

/** It goes on only when its caller does something. */
export const isInterrupted = (row: TaskRow) =>
  row.waitingFor === 'auth' || row.waitingFor === 'input' || row.waitingFor === 'approval'

/** What is shown of a task beside its row; what is left out is not shown. */
export type Texts = {
  request?: string | undefined
  result?: string | null | undefined
  late?: readonly Pick<AttemptRow, 'no' | 'lateResult'>[] | undefined
}

export const a2aTask = (row: TaskRow, { request, result, late = [] }: Texts): Task => ({
  id: row.id,
  contextId: row.contextId,
  status: statusOf(row),
  artifacts: [
    ...(result === null || result === undefined ? [] : [resultArtifact(result)]),
    ...late.flatMap(({ no, lateResult }) =>
      lateResult === null ? [] : [lateArtifact(no, lateResult)],
    ),
  ],
  history: request === undefined ? [] : [asked(row, request)],
  metadata: {
    molecule_status: row.status,
    attempt: row.attempt,
    ...(row.waitingFor === null ? {} : { waiting_for: row.waitingFor }),
    ...(row.cancelRequestedAt === null ? {} : { cancel_requested: true }),
  },
})

export const statusOf = (row: TaskRow): TaskStatus => ({
  state: stateOf(row),
  timestamp: new Date(row.updatedAt).toISOString(),
  message: statusMessage(row),
})

/** Of an interrupted task the question or the want alone: the hint is for people at our own canvas. */
function statusMessage(row: TaskRow): Message | undefined {
  if (row.waitReason) return says(row, `wait-${row.attempt}`, row.waitReason.detail)
  return row.error ? says(row, 'status', `${row.error.detail} ${row.error.hint}`.trim()) : undefined
}

export const resultArtifact = (text: string): Artifact => artifact('result', text)

const lateArtifact = (no: number, text: string): Artifact => ({
  ...artifact(`late-${no}`, text),
  metadata: { late: true, attempt: no },
})

const artifact = (artifactId: string, text: string): Artifact => ({
  artifactId,
  name: artifactId,
  description: '',
  parts: [textPart(text)],
  metadata: undefined,
  extensions: [],
})

const textPart = (text: string) => ({
  content: { $case: 'text' as const, value: text },
  metadata: undefined,
  filename: '',
  mediaType: 'text/plain',
})

/** Something the agent says in the course of a task; `part` tells its messages apart. */
export const says = (row: TaskRow, part: string, text: string): Message =>
  message(row, { messageId: `${row.id}-${part}`, role: Role.ROLE_AGENT, text })

const asked = (row: TaskRow, text: string): Message =>
  message(row, { messageId: `${row.id}-request`, role: Role.ROLE_USER, text })

const message = (
  row: TaskRow,
  { messageId, role, text }: { messageId: string; role: Role; text: string },
): Message => ({
  messageId,
  role,
  taskId: row.id,
  contextId: row.contextId,
  parts: [textPart(text)],
  metadata: undefined,
  extensions: [],
  referenceTaskIds: [],
})
