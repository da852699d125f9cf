import type { Cli } from './cli.ts'
import { usageError } from './cli-error.ts'

const longestText = 4_000_000

/** The text as typed, or everything on standard input for `-`. */
export async function textOrStdin(text: string, { stdin }: Cli): Promise<string> {
  if (text !== '-') return text
  stdin.setEncoding('utf8')
  let read = ''
  for await (const chunk of stdin) {
    read += chunk
    if (read.length > longestText)
      throw usageError(
        `The text on standard input is longer than ${longestText} characters.`,
        'Put it into a file and name the file in the task.',
      )
  }
  return read
}

export function wholeNumber(value: string): number {
  const number = Number(value)
  if (value.trim() !== '' && Number.isSafeInteger(number) && number >= 0) return number
  throw usageError(`"${value}" is not a whole number.`, 'Give a number such as 10.')
}

/** Of a task, 0 to 100. */
export function priority(value: string): number {
  const number = wholeNumber(value)
  if (number <= 100) return number
  throw usageError(`"${value}" is more than 100.`, 'Give a number from 0 to 100; 50 is usual.')
}

/** Seconds as typed, fractions allowed; milliseconds as used. */
export function seconds(value: string): number {
  const number = Number(value)
  if (number > 0 && number <= longestWaitS) return Math.round(number * 1000)
  throw usageError(`"${value}" is not a number of seconds.`, 'Give a number such as 30.')
}

const longestWaitS = 2_592_000

/** For an option that may be given many times. */
export const collect = (value: string, previous: string[] = []) => [...previous, value]

const unitS = { s: 1, m: 60, h: 3600, d: 86_400 }

/** `90d`, `12h`, `30m`, `45s`; seconds as used. */
export function span(value: string): number {
  const [, number, unit] = /^(\d{1,9})([smhd])$/.exec(value.trim()) ?? []
  if (number && unit) return Number(number) * unitS[unit as keyof typeof unitS]
  throw usageError(`"${value}" is not a span of time.`, 'Give a number and s, m, h or d: 90d.')
}
