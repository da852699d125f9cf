/** `12 s`, `5 min`, `3 h`, `2 d`: how long something takes or took. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 90) return `${Math.round(seconds)} s`
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`
  if (seconds < 36 * 3600) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

export const since = (timestamp: string | null, now = Date.now()) =>
  timestamp === null ? '' : duration(now - Date.parse(timestamp))

/** How long it is until then; nothing for what never comes. */
export const until = (timestamp: string | null | undefined, now = Date.now()) =>
  timestamp ? duration(Date.parse(timestamp) - now) : ''

/** Local time of day, to the second. */
export const clockTime = (timestamp: string) =>
  new Date(timestamp).toLocaleTimeString('en-GB', { hour12: false })
