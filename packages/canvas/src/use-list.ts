import { useEffect, useRef } from 'react'
import type { Services } from './services.ts'
import { type Loaded, useLoad } from './use-load.ts'
import { useCanvas } from './use-services.ts'

/** Reads a list that no event tells of: now, and again when the connection is back, as it may have changed meanwhile. */
export function useList<T>(
  key: string,
  load: (services: Services, signal: AbortSignal) => Promise<T>,
): Loaded<T> {
  const list = useLoad(key, '', load)
  const { reload } = list
  const isLive = useCanvas((state) => state.link.state === 'live')
  const wasLost = useRef(false)
  useEffect(() => {
    if (isLive && wasLost.current) reload()
    wasLost.current = !isLive
  }, [isLive, reload])
  return list
}
