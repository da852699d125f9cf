import type { Activity, ActivityType } from '@molecule/contract/activity'

export type Kind = 'all' | 'messages' | 'reports' | 'problems'
export const kinds: readonly Kind[] = ['all', 'messages', 'reports', 'problems']

/** Whether an entry is of the kind that somebody looks for. */
export function isOfKind({ direction, status }: Activity, kind: Kind): boolean {
  if (kind === 'messages') return direction !== 'own'
  if (kind === 'reports') return direction === 'own'
  return kind === 'all' || status !== 'ok'
}

export const activityText = {
  label: 'Activity',
  show: 'Show',
  kinds: { all: 'All', messages: 'Messages', reports: 'Reports', problems: 'Problems' },
  loading: 'Loading the log…',
  failed: 'The log could not be read',
  emptyTitle: 'Nothing happened yet',
  emptyBody: 'What this workspace receives, sends and reports shows here, as it happens.',
  noneTitle: 'Nothing of this kind',
  noneBody: (shown: number) => `None of the ${shown} newest entries is of this kind.`,
  earlier: 'Show earlier entries',
  people: 'People',
  openTask: 'Open task',
  showAll: 'Show all of it',
  cut: 'Only the beginning is shown.',
  request: 'Asked',
  answer: 'Said',
  trace: (n: number) => (n === 1 ? '1 tool call' : `${n} tool calls`),
} as const

const reportWords: Readonly<Record<ActivityType, string>> = {
  a2a_send: 'Reported a message it sent',
  a2a_receive: 'Reported a message it got',
  task_update: 'Task update',
  agent_log: 'Note',
  skill_promotion: 'Learned a skill',
  memory_write: 'Remembered',
  error: 'Error',
  delegation: 'Delegation',
}

/** What happened in a few words; `other` is the name of who it came from or went to. */
export function headingOf(
  { direction, activity_type, method, status }: Activity,
  other: string,
): string {
  if (direction === 'own') return reportWords[activity_type]
  if (method === 'delegate_result')
    return status === 'ok' ? `Answer from ${other}` : `${other} failed`
  if (direction === 'in') return `Asked by ${other}`
  return method === 'notify' ? 'Told the people' : `Delegated to ${other}`
}

/** Who the entry is about, beside the workspace itself; null for people. */
export const otherOf = ({ direction, source_id, target_id }: Activity) =>
  direction === 'in' ? source_id : target_id
