import type { TaskSummary } from '@molecule/contract/task'
import { reduce } from '../state/reduce.ts'
import { text } from '../strings.ts'
import { Icon } from '../ui/Icon.tsx'
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
      <button
        type="button"
        className="button button-small"
        disabled={stopping}
        onClick={() => void stop.run()}
      >
        <Icon name="stop" />
        {stopping ? text.chat.stopping : text.chat.stop}
      </button>
      <ErrorNote error={stop.error} />
    </>
  )
}
