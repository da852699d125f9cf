import { reduce } from '../state/reduce.ts'
import { useLoad } from '../use-load.ts'

const historyLimit = 100

/** Brings a workspace's older tasks into the store; the snapshot holds only the newest of the whole org. */
export function useHistory(workspaceId: string) {
  return useLoad(workspaceId, '', async ({ client, store }, signal) => {
    const query = { workspace_id: workspaceId, limit: historyLimit }
    const { tasks } = await client.tasks.list(query, { signal })
    store.setState(({ live }) => ({ live: reduce(live, { type: 'rows', tasks }) }))
    return true
  })
}
