import { useSyncExternalStore } from 'react'
import { formatClock } from '../lib/format.ts'
import { text } from '../strings.ts'
import { Icon } from '../ui/Icon.tsx'
import { useCanvas, useServices } from '../use-services.ts'
import { useFreshness } from './FreshnessPill.tsx'

/** The page stays usable without a server, and says how old its picture is. */
export function StaleBanner() {
  const { link: liveLink, ticker } = useServices()
  const link = useCanvas((state) => state.link)
  const isLoaded = useCanvas(({ live }) => live.epoch !== null)
  const freshness = useFreshness()
  const now = useSyncExternalStore(ticker.subscribe, ticker.now)
  if (link.state !== 'reconnecting' || freshness !== 'stale' || !isLoaded) return null
  const seconds = Math.ceil((link.retryAt - now) / 1000)
  return (
    <div className="banner">
      <Icon name="alert" />
      <p>{text.freshness.banner(formatClock(link.since))}</p>
      <span className="banner-next num">
        {seconds > 0 ? text.freshness.retryIn(seconds) : text.freshness.retrying}
      </span>
      <button type="button" className="button button-small" onClick={liveLink.retryNow}>
        {text.common.retry}
      </button>
    </div>
  )
}
