import { isTerminal, type TaskStatus } from '@molecule/contract/task'

/*
 * The ledger of tasks in its smallest form: what each call must answer, and what each task must be afterwards. Written from the
 * promises, without a look at the tables, so that the two can be held against each other.
 */

type Outcome = 'completed' | 'failed' | 'canceled' | 'interrupted'

interface ModelAttempt {
  fence: number
  started: boolean
  outcome: Outcome | null
  late: boolean
}

export interface ModelTask {
  id: string
  isRecorded: boolean
  text: string
  status: TaskStatus
  cancelAsked: boolean
  attempts: ModelAttempt[]
  result: string | null
  supersededBy: string | null
  /** Results that came too late and were told to the caller all the same. */
  lateTold: number
}

export interface AttemptRef {
  task: ModelTask
  no: number
  fence: number
}

/** `ok`, or the code of the refusal. */
type Verdict = string

export const newTask = (id: string, text: string, isRecorded = false): ModelTask => ({
  id,
  isRecorded,
  text,
  status: isRecorded ? 'dispatched' : 'queued',
  cancelAsked: false,
  attempts: [],
  result: null,
  supersededBy: null,
  lateTold: 0,
})

const attemptOf = ({ task, no }: AttemptRef): ModelAttempt | undefined => task.attempts[no - 1]
const openAttempt = ({ attempts }: ModelTask) => attempts.find(({ outcome }) => outcome === null)

/** Only work that nobody runs may be handed over: as a new attempt, or as the same one under a higher fence. */
export function mayBeLeased({ task, no, fence }: AttemptRef): boolean {
  if (task.isRecorded || isTerminal(task.status) || task.cancelAsked) return false
  const open = openAttempt(task)
  if (!open) return no === task.attempts.length + 1
  return !open.started && no === task.attempts.length && fence > open.fence
}

export function lease({ task, no, fence }: AttemptRef): void {
  const known = task.attempts[no - 1]
  if (known) known.fence = fence
  else task.attempts.push({ fence, started: false, outcome: null, late: false })
  if (task.status === 'queued') task.status = 'dispatched'
}

export function start(ref: AttemptRef): Verdict {
  const attempt = attemptOf(ref)
  if (!attempt) return 'not_found'
  const isUnwanted = attempt.outcome !== null || isTerminal(ref.task.status) || ref.task.cancelAsked
  if (attempt.fence !== ref.fence || isUnwanted) return 'fenced'
  attempt.started = true
  ref.task.status = 'in_progress'
  return 'ok'
}

export interface Completed {
  verdict: Verdict
  recorded: boolean
  late: boolean
}

const refused = (verdict: Verdict): Completed => ({ verdict, recorded: false, late: false })
const answered = (recorded: boolean, late: boolean): Completed => ({
  verdict: 'ok',
  recorded,
  late,
})

export function complete(ref: AttemptRef, outcome: Outcome, result: string): Completed {
  const { task } = ref
  const attempt = attemptOf(ref)
  if (!attempt) return refused('not_found')
  if (attempt.fence !== ref.fence) return refused('fenced')
  if (attempt.outcome !== null) return comeBack(ref, attempt, outcome, result)
  attempt.outcome = outcome
  if (isTerminal(task.status)) return keepLate(task, attempt, outcome)
  settle(task, outcome, result)
  return answered(true, false)
}

function settle(task: ModelTask, outcome: Outcome, result: string): void {
  if (outcome === 'completed') {
    task.status = 'completed'
    task.result = result
  } else if (outcome === 'canceled' || task.cancelAsked) task.status = 'canceled'
  else if (outcome === 'failed') task.status = 'failed'
}

function keepLate(task: ModelTask, attempt: ModelAttempt, outcome: Outcome): Completed {
  if (outcome !== 'completed' || attempt.late) return answered(false, false)
  attempt.late = true
  task.lateTold += 1
  return answered(false, true)
}

/** A result of an attempt that was given up counts, unless newer work has begun. */
function comeBack(
  { task }: AttemptRef,
  attempt: ModelAttempt,
  outcome: Outcome,
  result: string,
): Completed {
  if (attempt.outcome !== 'interrupted' || attempt.late || outcome !== 'completed')
    return answered(false, false)
  const newest = task.attempts.at(-1)
  if (isTerminal(task.status) || (newest !== attempt && newest?.started))
    return keepLate(task, attempt, outcome)
  if (newest && newest !== attempt && newest.outcome === null) newest.outcome = 'interrupted'
  attempt.late = true
  task.status = 'completed'
  task.result = result
  return answered(true, true)
}

export function cancel(task: ModelTask): Verdict {
  if (isTerminal(task.status)) return 'ok'
  const open = openAttempt(task)
  if (open?.started) task.cancelAsked = true
  else {
    if (open) open.outcome = 'canceled'
    task.status = 'canceled'
  }
  return 'ok'
}

export type Update = 'queued' | 'in_progress' | 'completed' | 'failed'

/** Only what the caller carries out by itself, and what has not ended, follows its word. */
export function update(task: ModelTask, status: Update, result: string): void {
  if (!task.isRecorded || isTerminal(task.status) || status === 'queued') return
  task.status = status
  if (status === 'completed') task.result = result
}

export const recordAgain = (task: ModelTask, text: string): Verdict =>
  task.isRecorded && task.text === text ? 'ok' : 'id_taken'

export function retry(task: ModelTask): Verdict {
  if (task.supersededBy !== null) return 'ok'
  return isTerminal(task.status) && !task.isRecorded ? 'ok' : 'not_allowed_now'
}

export const extend = ({ status }: ModelTask): Verdict =>
  isTerminal(status) ? 'already_terminal' : 'ok'

export function timeIsOver(task: ModelTask): void {
  if (!isTerminal(task.status)) task.status = 'failed'
}

export function dropStale(task: ModelTask): number {
  if (task.status !== 'queued') return 0
  task.status = 'failed'
  return 1
}
