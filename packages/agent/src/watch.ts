import { access } from 'node:fs/promises'
import type { Clock } from './clock.ts'

export type WatchSettings = {
  readonly clock: Clock
  readonly folders: readonly string[]
  readonly lastAnswerAt: () => number
}

const everyMs = 10_000
export const longestWithoutServerMs = 24 * 3_600_000

/** Resolves with the reason when nobody can want this host any more, and with nothing when aborted. */
export async function watch(
  { clock, folders, lastAnswerAt }: WatchSettings,
  signal: AbortSignal,
): Promise<'folder_gone' | 'no_server' | undefined> {
  while (!signal.aborted) {
    const isThere = await Promise.all(folders.map(exists))
    if (isThere.includes(false)) return 'folder_gone'
    if (clock.now() - lastAnswerAt() >= longestWithoutServerMs) return 'no_server'
    await clock.sleep(everyMs, signal).catch(() => {})
  }
  return undefined
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    (error) => error.code !== 'ENOENT' && error.code !== 'ENOTDIR',
  )
