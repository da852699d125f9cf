import type { TimelineEntry } from '@molecule/contract/task'
import type { AttemptRow, QuestionRow, TaskRow } from '../../db/tables.ts'

type Step = Omit<TimelineEntry, 'at'> & { at: number | null }

/** What became of a task in the order it happened, from the rows that say so. */
export function timelineOf(
  row: TaskRow,
  attempts: readonly AttemptRow[],
  questions: readonly QuestionRow[] = [],
): TimelineEntry[] {
  const steps: Step[] = [
    step('asked', row.createdAt, { by: `${row.callerKind}:${row.callerId}` }),
    ...attempts.flatMap(stepsOf),
    ...questions.flatMap(exchangeOf),
    step('cancel_requested', row.cancelRequestedAt),
    step('ended', row.endedAt, {
      outcome: row.status as TimelineEntry['outcome'],
      text: row.error?.detail ?? null,
    }),
  ]
  return steps
    .filter((each): each is Step & { at: number } => each.at !== null)
    .map((each, place) => ({ ...each, place }))
    .sort((a, b) => a.at - b.at || a.place - b.place)
    .map(({ place: _, at, ...rest }) => ({ ...rest, at: new Date(at).toISOString() }))
}

const step = (
  what: TimelineEntry['what'],
  at: number | null,
  more: Partial<Omit<TimelineEntry, 'what' | 'at'>> = {},
): Step => ({ what, at, attempt: null, outcome: null, by: null, text: null, ...more })

function stepsOf(attempt: AttemptRow): Step[] {
  const { no, workspaceId, outcome, reason } = attempt
  const of = { attempt: no }
  return [
    step('handed_over', attempt.leasedAt, { ...of, by: `workspace:${workspaceId}` }),
    step('began', attempt.startedAt, of),
    step('attempt_ended', attempt.endedAt, { ...of, outcome, text: reason?.detail ?? null }),
    step('late_result', attempt.lateAt, of),
  ]
}

const exchangeOf = ({ attempt, ...of }: QuestionRow): Step[] => [
  step('asked_back', of.askedAt, { attempt, text: of.text }),
  step('answered', of.answeredAt, { attempt, by: of.answeredBy, text: of.answer }),
]
