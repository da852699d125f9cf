import type { ShutdownResult } from '@molecule/contract/admin'
import type { Wakes } from '../db/notify.ts'
import type { Db } from '../db/tables.ts'
import { openResources } from '../domain/resource/resource-store.ts'
import type { Clock } from '../lib/clock.ts'

/** All agents of this installation, as far as starting and ending the server goes. */
export type Fleet = {
  /** Agents that would go on without this server. */
  count(): Promise<number>
  /** Stops every agent and proves it; wishes stay as they are, so the next start brings them back. */
  stopAll(): Promise<ShutdownResult>
  isDraining(): boolean
}

const STOP_ALL_MS = 60_000
const LOOK_AGAIN_MS = 100

export function fleetOf({ db, wakes, clock }: { db: Db; wakes: Wakes; clock: Clock }): Fleet {
  let isDraining = false
  const count = async () => (await openResources(db)).length
  return {
    count,
    isDraining: () => isDraining,
    async stopAll() {
      isDraining = true
      const before = await count()
      const until = clock.now() + STOP_ALL_MS
      wakes.notify(['workspaces'])
      let left = before
      while (left > 0 && clock.now() < until) {
        await clock.sleep(LOOK_AGAIN_MS)
        left = await count()
      }
      return { agents_stopped: before - left, agents_left: left }
    },
  }
}
