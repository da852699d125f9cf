import type { TaskSummary } from '@molecule/contract/task'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useCanvasPlace, useGo } from '../use-services.ts'
import { useTaskAction } from './use-task-action.ts'

/** The same work as a new task, which is opened. */
export function RetryAction({ task }: { task: TaskSummary }) {
  const place = useCanvasPlace()
  const go = useGo()
  const retry = useTaskAction(
    (tasks) => tasks.retry(task.id),
    ({ id, callee_id }) => go({ ...place, selected: callee_id, task: id }),
  )
  return (
    <>
      <ActionButton
        right="tasks:write"
        icon="retry"
        small
        busy={retry.busy}
        onClick={() => void retry.run()}
      >
        {text.explain.retry}
      </ActionButton>
      <ErrorNote error={retry.error} />
    </>
  )
}
