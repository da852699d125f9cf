const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** `8s`, `1m 05s`, `2h 03m`, `3d 4h`. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, ms)
  if (whole < minuteMs) return `${Math.floor(whole / secondMs)}s`
  if (whole < hourMs) return pair(whole, minuteMs, 'm', secondMs, 's')
  if (whole < dayMs) return pair(whole, hourMs, 'h', minuteMs, 'm')
  return `${Math.floor(whole / dayMs)}d ${Math.floor((whole % dayMs) / hourMs)}h`
}

function pair(ms: number, big: number, bigUnit: string, small: number, smallUnit: string) {
  const rest = String(Math.floor((ms % big) / small)).padStart(2, '0')
  return `${Math.floor(ms / big)}${bigUnit} ${rest}${smallUnit}`
}

/** The largest unit alone, for ages: `12s`, `4m`, `3h`, `2d`. */
export function formatAge(ms: number): string {
  const whole = Math.max(0, ms)
  if (whole < minuteMs) return `${Math.floor(whole / secondMs)}s`
  if (whole < hourMs) return `${Math.floor(whole / minuteMs)}m`
  if (whole < dayMs) return `${Math.floor(whole / hourMs)}h`
  return `${Math.floor(whole / dayMs)}d`
}

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})
const dateAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })

export const formatTime = (ms: number) => time.format(ms)

export const formatClock = (ms: number) => clock.format(ms)

export const formatDateTime = (ms: number) => dateAndTime.format(ms)
