import type { Task, TaskSummary } from '@molecule/contract/task'
import { type Loaded, useLoad } from '../use-load.ts'
import { useCanvas } from '../use-services.ts'

/** A task in full. Read again when something a person would notice has changed. */
export function useTask(taskId: string): Loaded<Task> {
  const version = useCanvas(({ live }) => versionOf(live.tasks.byId.get(taskId)))
  return useLoad(taskId, version, ({ client }, signal) => client.tasks.get(taskId, {}, { signal }))
}

function versionOf(task: TaskSummary | undefined): string {
  if (!task) return ''
  const { status, attempt, callee_id, waiting_for, cancel_requested_at, retry_count } = task
  return [status, attempt, callee_id, waiting_for, cancel_requested_at, retry_count].join(' ')
}
