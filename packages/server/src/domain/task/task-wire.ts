import { Attempt, Delegation, type Question, Task, TaskSummary } from '@molecule/contract/task'
import type { AttemptRow, QuestionRow, TaskRow } from '../../db/tables.ts'
import { NO_DEADLINE } from './task-deadline.ts'
import { timelineOf } from './task-timeline.ts'

const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

const summaryOf = (row: TaskRow) => ({
  id: row.id,
  caller: { kind: row.callerKind, id: row.callerId },
  callee_id: row.calleeId,
  status: row.status,
  waiting_for: row.waitingFor,
  waiting_reason: row.waitReason,
  preview: row.preview,
  result_preview: row.resultPreview,
  error: row.error,
  attempt: row.attempt,
  retry_count: row.retryCount,
  max_attempts: row.maxAttempts,
  priority: row.priority,
  start_by: time(row.startBy),
  parent_task_id: row.parentTaskId,
  retry_of: row.retryOf,
  superseded_by: row.supersededBy,
  context_id: row.contextId,
  trace_id: row.traceId,
  deadline: row.deadline === NO_DEADLINE ? null : time(row.deadline),
  last_heartbeat: time(row.lastHeartbeat),
  cancel_requested_at: time(row.cancelRequestedAt),
  next_attempt_at: row.endedAt === null ? time(row.nextAttemptAt) : null,
  created_at: time(row.createdAt),
  updated_at: time(row.updatedAt),
  ended_at: time(row.endedAt),
  rev: row.rev,
})

export const taskSummaryToWire = (row: TaskRow): TaskSummary => TaskSummary.parse(summaryOf(row))

export type TaskDetail = {
  row: TaskRow
  text: string
  result: string | null
  attempts: AttemptRow[]
  questions: QuestionRow[]
  children: string[]
}

export const taskToWire = ({
  row,
  text,
  result,
  attempts,
  questions,
  children,
}: TaskDetail): Task =>
  Task.parse({
    ...summaryOf(row),
    text,
    result,
    attempts: attempts.map(attemptToWire),
    questions: questions.map(questionToWire),
    timeline: timelineOf(row, attempts, questions),
    children,
  })

const questionToWire = (row: QuestionRow): Question => ({
  attempt: row.attempt,
  text: row.text,
  asked_at: new Date(row.askedAt).toISOString(),
  answer: row.answer,
  answered_by: row.answeredBy,
  answered_at: time(row.answeredAt),
})

const attemptToWire = (row: AttemptRow): Attempt =>
  Attempt.parse({
    no: row.no,
    incarnation: row.incarnation,
    leased_at: time(row.leasedAt),
    started_at: time(row.startedAt),
    ended_at: time(row.endedAt),
    outcome: row.outcome,
    reason: row.reason,
    late: row.lateAt !== null,
  })

export const delegationToWire = (row: TaskRow): Delegation =>
  Delegation.parse({
    delegation_id: row.id,
    id: row.id,
    type: 'delegation',
    source_id: row.callerId,
    target_id: row.calleeId,
    summary: row.preview,
    status: row.status,
    created_at: time(row.createdAt),
    ...(row.resultPreview === null ? {} : { response_preview: row.resultPreview }),
    ...(row.error === null ? {} : { error: row.error.detail }),
  })
