import type { TaskSummary } from '@molecule/contract/task'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useTaskAction } from './use-task-action.ts'

/** Cancels one task. The task says it is stopping until the agent has proven that it did. */
export function StopButton({ task }: { task: TaskSummary }) {
  const stop = useTaskAction((tasks) => tasks.cancel(task.id))
  const stopping = stop.busy || task.cancel_requested_at !== null
  return (
    <>
      <ActionButton
        right="tasks:write"
        icon="stop"
        small
        busy={stopping}
        onClick={() => void stop.run()}
      >
        {stopping ? text.chat.stopping : text.chat.stop}
      </ActionButton>
      <ErrorNote error={stop.error} />
    </>
  )
}
