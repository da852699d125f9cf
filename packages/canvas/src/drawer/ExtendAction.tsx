import type { TaskSummary } from '@molecule/contract/task'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useTaskAction } from './use-task-action.ts'

const hourS = 3600

/** One more hour. Not for a task that nothing ends. */
export function ExtendAction({ task }: { task: TaskSummary }) {
  const extend = useTaskAction((tasks) => tasks.extend(task.id, hourS))
  if (task.deadline === null) return null
  return (
    <>
      <ActionButton
        right="tasks:write"
        icon="clock"
        small
        busy={extend.busy}
        onClick={() => void extend.run()}
      >
        {text.explain.extend}
      </ActionButton>
      <ErrorNote error={extend.error} />
    </>
  )
}
