import type { Attempt, Task } from '@molecule/contract/task'
import type { Output } from '../../output/output.ts'
import { oneLine, safeText } from '../../output/plain-text.ts'
import { toneOf } from '../../output/style.ts'
import { clockTime, duration, since } from '../../output/time.ts'

/** A task as a page: what it is, each attempt in time, why it failed, what came out. */
export function taskLines(task: Task, names: (id: string) => string, out: Output) {
  const { style } = out
  out.lines([`${style('bold', task.id)}  ${style(toneOf(task.status), task.status)}`])
  out.details([
    ['from', names(task.caller.id)],
    ['to', names(task.callee_id)],
    ['waits for', task.waiting_for],
    ['created', `${task.created_at} (${since(task.created_at)} ago)`],
    ['ended', endOf(task)],
    ['deadline', task.ended_at === null ? task.deadline : null],
    ['cancel asked', task.cancel_requested_at],
    ['part of', task.parent_task_id],
    ['parts', task.children.join(' ')],
  ])
  section(out, 'Task', task.text)
  if (task.attempts.length > 0)
    out.lines([
      '',
      style('bold', 'Attempts'),
      ...task.attempts.map((attempt) => attemptLine(attempt, task)),
    ])
  if (task.error)
    out.lines([
      '',
      style('bad', `${task.error.code}: ${oneLine(task.error.detail)}`),
      ...(task.error.hint ? [`${style('bold', 'next')}  ${oneLine(task.error.hint)}`] : []),
    ])
  if (task.result !== null) section(out, 'Result', task.result)
}

function section(out: Output, title: string, text: string) {
  const shown = out.screen.isTerminal ? safeText(text) : text
  out.lines(['', out.style('bold', title), shown.trimEnd()])
}

const endOf = (task: Task) =>
  task.ended_at === null
    ? null
    : `${task.ended_at} (took ${duration(Date.parse(task.ended_at) - Date.parse(task.created_at))})`

function attemptLine(attempt: Attempt, task: Task): string {
  const from = attempt.started_at ?? attempt.leased_at
  const took = duration(Date.parse(attempt.ended_at ?? task.updated_at) - Date.parse(from))
  const state = attempt.outcome ?? (attempt.started_at === null ? 'handed over' : 'running')
  const reason = attempt.reason ? `  ${attempt.reason.code}: ${oneLine(attempt.reason.detail)}` : ''
  const late = attempt.late ? '  (its result came late)' : ''
  return `  ${attempt.no}  ${clockTime(from)}  ${took.padStart(6)}  ${state}${reason}${late}`
}
