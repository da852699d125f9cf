import type { Tone } from '../state/agent-state.ts'

export type LogWords = {
  time: string | undefined
  level: string | undefined
  tone: Tone | undefined
  message: string
  fields: string
}

const toneOfLevel: Readonly<Record<string, Tone>> = { warn: 'wait', error: 'bad', fatal: 'bad' }

/** A line as a person reads it: that of an agent host in parts, any other as it is. */
export function logWords(line: string): LogWords {
  const record = recordIn(line)
  if (!record) return plain(line)
  const { time, level, message, ...rest } = record
  if (typeof message !== 'string') return plain(line)
  return {
    time: typeof time === 'string' ? clockTime(time) : undefined,
    level: typeof level === 'string' ? level : undefined,
    tone: typeof level === 'string' ? toneOfLevel[level] : undefined,
    message,
    fields: Object.entries(rest)
      .map(
        ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
      )
      .join(' '),
  }
}

/** The same as text, to be copied: what is on screen. */
export function logText(line: string): string {
  const { time, level, message, fields } = logWords(line)
  return [time, level, message, fields].filter(Boolean).join(' ')
}

/** `09:30:00.120` where the reader is, as every other time on the page. */
function clockTime(time: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return time
  const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()]
  const clock = [hours, minutes, seconds].map((part) => String(part).padStart(2, '0')).join(':')
  return `${clock}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

const plain = (message: string): LogWords => ({
  time: undefined,
  level: undefined,
  tone: undefined,
  message,
  fields: '',
})

function recordIn(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
}
