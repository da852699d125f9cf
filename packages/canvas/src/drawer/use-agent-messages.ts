import { useLoad } from '../use-load.ts'
import { useRight } from '../use-right.ts'
import { useCanvas } from '../use-services.ts'

const most = 100

/** What the agent told the people unasked, newest first, read again when it speaks. */
export function useAgentMessages(workspaceId: string) {
  const mayRead = useRight('tasks:read')
  const spoken = useCanvas(({ live }) => live.spoken.get(workspaceId) ?? 0)
  return useLoad(workspaceId, `${spoken} ${mayRead}`, async ({ client }, signal) =>
    mayRead
      ? client.workspaces.activity(workspaceId, { method: 'notify', limit: most }, { signal })
      : [],
  )
}
