import type { Workspace } from '@molecule/contract/workspace'
import { useEffect, useState } from 'react'
import { sleep } from '../lib/sleep.ts'
import { perFrame } from '../live/batch.ts'
import { useServices } from '../use-services.ts'
import { followLog, type LogState, unread } from './follow-log.ts'
import { mayWrite } from './nothing-to-read.ts'

const firstLines = 1000

/** The log of a workspace, live while the component is mounted. A new start, or a new wish, is looked at at once. */
export function useLog({ id, incarnation, desired_state }: Workspace): LogState {
  const { client, store } = useServices()
  const [state, setState] = useState(unread)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a start and a wish are asked for by name.
  useEffect(() => {
    const abort = new AbortController()
    const query = { tail: firstLines, follow: true }
    const isRunning = () => mayWrite(store.getState().live.workspaces.byId.get(id))
    void followLog(
      {
        read: (signal) => client.logs(id, query, { signal }),
        isRunning,
        show: setState,
        schedule: perFrame,
        sleep,
        random: Math.random,
      },
      abort.signal,
    )
    return () => abort.abort()
  }, [client, store, id, incarnation, desired_state])
  return state
}
