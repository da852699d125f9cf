import type { TaskSummary } from '@molecule/contract/task'
import type { Client } from '@molecule/sdk'
import { reduce } from '../state/reduce.ts'
import { useAction } from '../use-action.ts'

/** Does something to a task, and shows what it is afterwards without waiting for the event. */
export const useTaskAction = <A extends unknown[]>(
  act: (tasks: Client['tasks'], ...args: A) => Promise<TaskSummary>,
  onDone?: (after: TaskSummary) => void,
) =>
  useAction(async ({ client, store }, ...args: A) => {
    const after = await act(client.tasks, ...args)
    store.setState(({ live }) => ({ live: reduce(live, { type: 'rows', tasks: [after] }) }))
    onDone?.(after)
  })
