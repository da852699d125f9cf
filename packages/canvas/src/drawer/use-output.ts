import { useEffect, useState } from 'react'
import type { OutputState } from '../live/output-feeds.ts'
import { emptyOutput } from '../live/output-log.ts'
import { useServices } from '../use-services.ts'

const nothing: OutputState = { log: emptyOutput, loaded: false, error: null }

/** A task's output, live while the component is mounted. */
export function useOutput(taskId: string): OutputState {
  const { outputs } = useServices()
  const [state, setState] = useState(nothing)
  useEffect(() => {
    const { store, stop } = outputs.watch(taskId)
    setState(store.getState())
    const leave = store.subscribe(setState)
    return () => {
      leave()
      stop()
    }
  }, [outputs, taskId])
  return state
}
