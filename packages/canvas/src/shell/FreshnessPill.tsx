import { useSyncExternalStore } from 'react'
import { formatClock } from '../lib/format.ts'
import { text } from '../strings.ts'
import { useCanvas, useServices } from '../use-services.ts'
import { freshnessOf } from './freshness.ts'

/** Whether what is on screen is true now. */
export function FreshnessPill() {
  const { link: liveLink } = useServices()
  const link = useCanvas((state) => state.link)
  const freshness = useFreshness()
  const since = link.state === 'reconnecting' ? formatClock(link.since) : ''
  const label = freshness === 'stale' ? text.freshness.staleSince(since) : text.freshness[freshness]
  return (
    <button
      type="button"
      className="freshness"
      data-testid="freshness"
      data-state={freshness}
      title={since ? text.freshness.lostHint(since) : text.freshness.liveHint}
      onClick={liveLink.retryNow}
    >
      <span className="freshness-dot" aria-hidden="true" />
      <span role="status">{label}</span>
    </button>
  )
}

export function useFreshness() {
  const { ticker } = useServices()
  const link = useCanvas((state) => state.link)
  const now = useSyncExternalStore(ticker.subscribe, ticker.now)
  return freshnessOf(link, now)
}
