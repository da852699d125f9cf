import type { Activity } from '@molecule/contract/activity'
import type { TaskSummary } from '@molecule/contract/task'

export type ChatEntry = { task: TaskSummary } | { message: Activity }

const timeOf = (entry: ChatEntry) =>
  'task' in entry ? entry.task.created_at : entry.message.created_at

/** What people asked and what the agent said unasked, by the time it began. */
export const inOrder = (
  tasks: readonly TaskSummary[],
  messages: readonly Activity[],
): readonly ChatEntry[] =>
  [...tasks.map((task) => ({ task })), ...messages.map((message) => ({ message }))].toSorted(
    (a, b) => Date.parse(timeOf(a)) - Date.parse(timeOf(b)),
  )
