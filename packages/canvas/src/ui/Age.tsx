import { formatAge, formatDateTime, formatDuration } from '../lib/format.ts'
import { text } from '../strings.ts'
import { useServerNow } from '../use-services.ts'

/** Time since a moment, ticking. */
export function Elapsed({ since }: { since: string }) {
  const now = useServerNow()
  return <span className="num">{formatDuration(now - Date.parse(since))}</span>
}

/** `4m ago`, with the exact moment on hover. */
export function Age({ of }: { of: string }) {
  const now = useServerNow()
  return (
    <time className="num" dateTime={of} title={formatDateTime(Date.parse(of))}>
      {text.common.ago(formatAge(now - Date.parse(of)))}
    </time>
  )
}

export const durationBetween = (from: string, to: string) =>
  formatDuration(Date.parse(to) - Date.parse(from))
