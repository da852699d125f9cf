import type { WaitingFor } from '@molecule/contract/task'
import type { TaskExplanation, Wait } from '@molecule/contract/task-explain'
import type { AttemptRow, Db, TaskRow, WorkspaceRow } from '../../db/tables.ts'
import { workspaceById } from '../workspace/workspace-store.ts'
import { NO_DEADLINE } from './task-deadline.ts'
import { attemptsOf } from './task-store.ts'

type Facts = {
  task: TaskRow
  callee: WorkspaceRow | undefined
  open: AttemptRow | undefined
  ahead: number
  children: TaskRow['id'][]
}

/** Who holds a task, what it waits for, what comes next and what can be done: all of it from rows. */
export async function explainTask(db: Db, task: TaskRow): Promise<TaskExplanation> {
  const attempts = await attemptsOf(db, task.id)
  const facts: Facts = {
    task,
    callee: await workspaceById(db, task.calleeId),
    open: attempts.find((each) => each.endedAt === null),
    ahead: await aheadOf(db, task),
    children: await openChildren(db, task),
  }
  const waitsFor = waitOf(facts)
  return {
    task_id: task.id,
    status: task.status,
    text: sentence(facts, waitsFor),
    holder: holderOf(facts),
    last_sign_of_life: time(task.lastHeartbeat),
    waits_for: waitsFor,
    ahead: facts.open || task.endedAt !== null ? null : facts.ahead,
    children: facts.children,
    next: nextOf(facts, waitsFor),
    actions: actionsOf(facts),
  }
}

const time = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

async function openChildren(db: Db, { id }: TaskRow) {
  const rows = await db
    .selectFrom('tasks')
    .select('id')
    .where('parentTaskId', '=', id)
    .where('endedAt', 'is', null)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  return rows.map((row) => row.id)
}

/** What the workspace takes up first, and nobody works on yet. */
async function aheadOf(db: Db, { calleeId, createdAt, id, priority }: TaskRow): Promise<number> {
  const { count } = await db
    .selectFrom('tasks')
    .select((is) => is.fn.countAll<number>().as('count'))
    .where('calleeId', '=', calleeId)
    .where('status', '=', 'queued')
    .where('endedAt', 'is', null)
    .where((is) =>
      is.or([
        is('priority', '>', priority),
        is.and([is('priority', '=', priority), is('createdAt', '<', createdAt)]),
        is.and([is('priority', '=', priority), is('createdAt', '=', createdAt), is('id', '<', id)]),
      ]),
    )
    .executeTakeFirstOrThrow()
  return Number(count)
}

const byStatus: Partial<Record<WorkspaceRow['status'], Wait>> = {
  paused: 'workspace_paused',
  hibernating: 'workspace_hibernated',
  hibernated: 'workspace_hibernated',
  provisioning: 'workspace_starting',
  failed: 'workspace_failed',
  offline: 'workspace_silent',
  awaiting_agent: 'agent_elsewhere',
}

/** What the row itself says it waits for, where that is not its workspace. */
const byWait: Partial<Record<WaitingFor, Wait>> = { input: 'answer', auth: 'login', quota: 'quota' }

function waitOf({ task, callee, open, children }: Facts): Wait {
  if (task.endedAt !== null) return 'nothing'
  if (task.isRecorded === 1) return 'its_caller'
  const person = task.waitingFor && byWait[task.waitingFor]
  if (person) return person
  if (open?.startedAt) return children.length > 0 ? 'children' : 'nothing'
  if (callee?.desiredState === 'paused') return 'workspace_paused'
  const stopped = callee && byStatus[callee.status]
  if (stopped) return stopped
  if (open) return 'hand_over'
  return task.attempt > 0 ? 'next_attempt' : 'turn'
}

const words: Record<Wait, (facts: Facts) => string> = {
  nothing: ({ task, open }) =>
    open
      ? `Its agent works on it, in attempt ${open.no}.`
      : `It has ended: ${task.status}. ${task.error ? `${task.error.detail} ${task.error.hint}` : ''}`.trim(),
  hand_over: () =>
    'It was handed to its agent, which has not begun yet; if it never does, it is handed over again.',
  turn: ({ ahead }) =>
    ahead === 0
      ? 'It is the next that its agent takes up.'
      : `Its agent takes up ${ahead === 1 ? 'one other' : `${ahead} others`} first.`,
  next_attempt: ({ task }) => `Attempt ${task.attempt} was lost; the next one is due.`,
  answer: ({ task }) => `Its agent asked: ${task.waitReason?.detail ?? ''}`,
  login: ({ task }) => `Its agent may not do it: ${reasonOf(task)}`,
  quota: ({ task }) =>
    `A limit was reached: ${reasonOf(task)} It is tried again at ${new Date(task.nextAttemptAt).toISOString()}.`,
  children: ({ children }) => `Its agent waits for ${children.length} tasks that are part of it.`,
  workspace_paused: ({ callee }) => `${nameOf(callee)} is paused; it goes on after the resume.`,
  workspace_hibernated: ({ callee }) => `${nameOf(callee)} sleeps, and is being woken for it.`,
  workspace_starting: ({ callee }) => `${nameOf(callee)} is starting, and takes it up then.`,
  workspace_failed: ({ callee }) =>
    `${nameOf(callee)} could not be started: ${callee?.failureReason?.detail ?? ''} ${callee?.failureReason?.hint ?? ''}`.trim(),
  workspace_silent: ({ callee }) =>
    `${nameOf(callee)} does not report; it is restarted if that goes on.`,
  agent_elsewhere: ({ callee }) =>
    `${nameOf(callee)} runs elsewhere and has not come for its work.`,
  its_caller: () => 'Its caller carries it out by itself, and says when it is done.',
}

const reasonOf = ({ waitReason }: TaskRow) =>
  waitReason ? `${waitReason.detail} ${waitReason.hint}`.trim() : ''

const nameOf = (callee: WorkspaceRow | undefined) => callee?.name ?? 'Its workspace'

function sentence(facts: Facts, wait: Wait): string {
  const { task } = facts
  const canceled =
    task.cancelRequestedAt !== null && task.endedAt === null
      ? ' It was canceled, and ends once its agent has stopped.'
      : ''
  return words[wait](facts) + canceled
}

function holderOf({ callee, open }: Facts): TaskExplanation['holder'] {
  if (!open || !callee) return null
  return {
    workspace_id: callee.id,
    name: callee.name,
    incarnation: open.incarnation,
    attempt: open.no,
    since: new Date(open.startedAt ?? open.leasedAt).toISOString(),
  }
}

function nextOf({ task }: Facts, wait: Wait): TaskExplanation['next'] {
  if (task.endedAt !== null) return { what: 'nothing', at: null }
  if (wait === 'next_attempt' || wait === 'quota')
    return { what: 'attempt', at: time(task.nextAttemptAt) }
  const isEndless = task.deadline === NO_DEADLINE
  const stands = task.waitingFor !== null && task.deadlineIsHard === 0
  return isEndless || stands
    ? { what: 'nothing', at: null }
    : { what: 'deadline', at: time(task.deadline) }
}

const possible = { possible: true } as const
const not = (why: string) => ({ possible: false, why })

function actionsOf({ task, open }: Facts): TaskExplanation['actions'] {
  const isOpen = task.endedAt === null
  const ended = not('it has ended')
  const canRetry = isOpen ? not('it has not ended; cancel it first') : retryOf(task)
  return [
    { action: 'answer', ...answerOf(task) },
    { action: 'cancel', ...(isOpen ? possible : ended) },
    { action: 'extend', ...(isOpen ? possible : ended) },
    { action: 'reassign', ...(isOpen ? reassignOf(task, open) : ended) },
    { action: 'retry', ...canRetry },
  ]
}

function answerOf({ endedAt, waitingFor }: TaskRow) {
  if (endedAt !== null) return not('it has ended')
  return waitingFor && byWait[waitingFor] ? possible : not('it waits for no answer')
}

function reassignOf(task: TaskRow, open: AttemptRow | undefined) {
  if (task.isRecorded === 1) return not('its caller carries it out by itself')
  const isWorkedOn = open?.startedAt || task.cancelRequestedAt !== null
  return isWorkedOn ? not('its agent works on it') : possible
}

function retryOf(task: TaskRow) {
  if (task.isRecorded === 1) return not('its caller carries it out by itself')
  return task.supersededBy === null ? possible : not(`${task.supersededBy} was asked in its place`)
}
