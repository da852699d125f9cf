import { randomUUID } from 'node:crypto'
import { systemClock } from '../lib/clock.ts'
import type { Database } from './handle.ts'
import type { LocalWakes } from './local-wakes.ts'

/** At most one message to the other replicas per this time. */
const coalesceMs = 10
/** More keys than this become one wake-up of everybody: a message holds 8,000 bytes. */
const maxKeysPerMessage = 100
const everybody = '*'

export type TellReplicas = (keys: readonly string[]) => void

/** Passes wake-ups to the other servers on this database, and theirs to us. */
export function replicaWakes(database: Database, local: LocalWakes): TellReplicas {
  const { openChannel } = database
  if (!openChannel) return () => {}

  const self = randomUUID()
  const pending = new Set<string>()
  let isSending = false
  const closed = new AbortController()

  const channel = openChannel({
    onConnect: local.wakeAll,
    onMessage(payload) {
      const [from, ...keys] = payload.split(' ')
      if (from === self) return
      if (keys[0] === everybody) local.wakeAll()
      else for (const key of keys) local.wake(key)
    },
  })
  database.onClose(async () => {
    closed.abort()
    await channel.close()
  })

  const drain = async () => {
    isSending = true
    while (pending.size > 0 && !closed.signal.aborted) {
      const keys = pending.size > maxKeysPerMessage ? [everybody] : [...pending]
      pending.clear()
      await channel.send([self, ...keys].join(' '))
      await systemClock.sleep(coalesceMs, closed.signal).catch(() => {})
    }
    isSending = false
  }

  return (keys) => {
    if (closed.signal.aborted) return
    for (const key of keys) pending.add(key)
    if (!isSending) void drain()
  }
}
