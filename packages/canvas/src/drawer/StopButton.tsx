import type { TaskSummary } from '@molecule/contract/task'
import { reduce } from '../state/reduce.ts'
import { text } from '../strings.ts'
import { ActionButton } from '../ui/ActionButton.tsx'
import { ErrorNote } from '../ui/ProblemNote.tsx'
import { useAction } from '../use-action.ts'

/** Cancels one task. The task says it is stopping until the agent has proven that it did. */
export function StopButton({ task }: { task: TaskSummary }) {
  const stop = useAction(async ({ client, store }) => {
    const after = await client.tasks.cancel(task.id)
    store.setState(({ live }) => ({ live: reduce(live, { type: 'rows', tasks: [after] }) }))
  })
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
