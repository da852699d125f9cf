import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'

/** What is still in the pipes of a program that has ended arrives at once. */
const drainMs = 2_000

/**
 * Hands on what a program prints as text: invalid UTF-8 replaced, characters never split, NUL left
 * out, since databases take none. Resolves when the pipe has ended or was destroyed.
 */
export function readText(pipe: Readable, onText: (text: string, bytes: number) => void) {
  const decoder = new StringDecoder('utf8')
  const hand = (text: string, bytes: number) => onText(text.replaceAll('\0', ''), bytes)
  return new Promise<void>((resolve) => {
    pipe.on('data', (part: Buffer) => hand(decoder.write(part), part.length))
    pipe.on('error', () => {})
    pipe.once('close', () => {
      hand(decoder.end(), 0)
      resolve()
    })
  })
}

/**
 * Reads on what a program that has ended left in its pipes. A process that has cleared its environment can hold them open for ever:
 * they are let go then.
 */
export async function drain(pipes: readonly Readable[], read: Promise<unknown>): Promise<void> {
  const inTime = new AbortController()
  const limit = sleep(drainMs, undefined, { signal: inTime.signal }).catch(() => {})
  await Promise.race([read, limit])
  inTime.abort()
  for (const pipe of pipes) pipe.destroy()
  await read
}

/** Keeps the end of a text. */
export function textTail(maxUnits: number) {
  let text = ''
  return {
    add(more: string) {
      text += more
      if (text.length > 2 * maxUnits) text = text.slice(-maxUnits)
    },
    get: () => text,
  }
}
