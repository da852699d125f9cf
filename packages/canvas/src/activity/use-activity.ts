import { useEffect } from 'react'
import { useLoad } from '../use-load.ts'
import { useCanvas, useServices } from '../use-services.ts'

/** The newest entries of a log, read again whenever one is added. */
export function useActivity(workspaceId: string, limit: number) {
  const { topics } = useServices()
  useEffect(() => topics.add(`activity:${workspaceId}`), [topics, workspaceId])
  const logged = useCanvas(({ live }) => live.logged.get(workspaceId) ?? 0)
  const isLive = useCanvas(({ link }) => link.state === 'live')
  return useLoad(workspaceId, `${logged} ${limit} ${isLive}`, ({ client }, signal) =>
    client.workspaces.activity(workspaceId, { limit }, { signal }),
  )
}
