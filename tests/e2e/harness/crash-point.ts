import { join } from 'node:path'
import type { ServerOptions } from './installation.ts'
import { programPaths } from './program-paths.ts'

export type CrashPoint = { readonly at: number; readonly when: 'before' | 'after' }

const crashAt = join(programPaths.root, 'packages/server/src/testing/crash-at.ts')

/** A server that kills itself at that point; without one it only counts its calls. */
export const crashing = (point?: CrashPoint): ServerOptions => ({
  nodeArgs: ['--import', crashAt],
  env: point ? { CRASH_AT: `${point.at}:${point.when}` } : {},
})

/** The same seed is the same point, anywhere in the first `calls` calls. */
export function crashPoint(seed: number, calls: number): CrashPoint {
  const hash = scramble(seed)
  return { at: 1 + (Math.floor(hash / 2) % calls), when: hash % 2 === 0 ? 'before' : 'after' }
}

/** An integer hash: neighbouring seeds land far apart. */
function scramble(seed: number): number {
  let hash = (seed + 0x9e3779b9) >>> 0
  for (const shift of [16, 13, 16]) {
    hash ^= hash >>> shift
    hash = Math.imul(hash, 0x85ebca6b) >>> 0
  }
  return hash
}

/** What the server says of the point where it died. */
export const pointTold = (output: string): string | undefined =>
  output.match(/^crash-at (\{"at".*\})$/m)?.[1]

export function callsCounted(output: string): number {
  const told = output.match(/^crash-at (\{"calls".*\})$/m)?.[1]
  if (told === undefined) throw new Error(`no count of calls in:\n${output}`)
  return (JSON.parse(told) as { calls: number }).calls
}
