import type { Fetch } from '@molecule/sdk'
import type { Clock } from './clock.ts'
import type { HostEnv } from './env.ts'
import type { Log } from './log.ts'

export type HostSettings = {
  /** Holds `boot.json`. */
  readonly hostDir: string
  readonly env: HostEnv
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  readonly fetch: Fetch
  readonly pid: number
  readonly version: string
}
