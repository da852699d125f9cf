import type { TaskSummary } from '@molecule/contract/task'
import { isOpen } from '../state/live-state.ts'

export const columnNames = ['queued', 'waiting', 'working', 'failed', 'done'] as const
export type ColumnName = (typeof columnNames)[number]
export type Column = { name: ColumnName; tasks: readonly TaskSummary[] }

/** Without a sign of life for so long a running task is worth a look; the server gives up on it later. */
const silentMs = 3 * 60_000

/** Every task in its place: open ones the oldest first, ended ones the newest first. */
export function columnsOf(tasks: Iterable<TaskSummary>, workspaceId?: string): Column[] {
  const wanted = [...tasks].filter((task) => !workspaceId || isAbout(task, workspaceId))
  return columnNames.map((name) => ({
    name,
    tasks: wanted.filter((task) => columnOf(task) === name).sort(isEnd(name) ? newest : oldest),
  }))
}

const isAbout = (task: TaskSummary, id: string) => task.callee_id === id || task.caller.id === id

function columnOf(task: TaskSummary): ColumnName {
  if (!isOpen(task)) return task.status === 'failed' || task.status === 'stuck' ? 'failed' : 'done'
  if (task.waiting_for) return 'waiting'
  return task.status === 'queued' ? 'queued' : 'working'
}

const isEnd = (name: ColumnName) => name === 'failed' || name === 'done'
const oldest = (a: TaskSummary, b: TaskSummary) => compare(a.created_at, b.created_at)
const newest = (a: TaskSummary, b: TaskSummary) => compare(b.ended_at ?? '', a.ended_at ?? '')
const compare = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1)

/** It runs, and has shown no sign of life for long. */
export const isSilent = (task: TaskSummary, now: number) =>
  task.status === 'in_progress' &&
  task.waiting_for === null &&
  task.last_heartbeat !== null &&
  now - Date.parse(task.last_heartbeat) > silentMs
