import type { RuntimeAdapter } from './adapter.ts'
import type { AgentLink } from './agent-link.ts'
import { attemptPool, type Held } from './attempt-pool.ts'
import { beater } from './beater.ts'
import type { Clock } from './clock.ts'
import type { ConfigKeeper } from './config.ts'
import type { Journal } from './journal.ts'
import { leaseLoop } from './lease-loop.ts'
import type { Life } from './life.ts'
import type { RetrySettings } from './retry.ts'
import type { ServerLink } from './server-link.ts'
import { untilAborted } from './until-aborted.ts'

/** What is still told to the server after the end was asked for. */
const lastWordsMs = 2_000

type Working = RetrySettings & {
  readonly journal: Journal
  readonly life: Life
  readonly link: ServerLink
  readonly agent: AgentLink
  readonly adapter: RuntimeAdapter
  readonly config: ConfigKeeper
  readonly maxAtOnce: number
  readonly beatEveryMs: number
  /** A task is over, and the server knows. */
  readonly onSettled?: () => void
}

/** Takes up tasks, has them worked on and tells how they end, until the life is over and nothing runs any more. */
export async function work(working: Working): Promise<void> {
  const { journal, life, link, agent, adapter, config, clock, log, random, address } = working
  const held: Held = new Map()
  const telling = new AbortController()
  const common = { clock, log, random, address, link, onFenced: () => life.end('fenced') }

  const beats = beater({
    ...common,
    everyMs: working.beatEveryMs,
    telling: telling.signal,
    attempts: () => held.values(),
    onCancel: (refs) => pool.cancel(refs),
  })
  const pool = attemptPool(
    held,
    { journal, link, agent, adapter, config, beater: beats, log, telling: telling.signal },
    () => {
      working.onSettled?.()
      leases.freed()
    },
  )
  const leases = leaseLoop({
    ...common,
    held,
    maxAtOnce: working.maxAtOnce,
    onReply({ attempts, cancel, config_version = 0 }) {
      pool.cancel(cancel)
      for (const leased of attempts) pool.begin(leased, config_version)
    },
  })

  const loops = Promise.all([beats.run(life.signal), leases.run(life.signal)])
  await untilAborted(life.signal)
  const programs = pool.interruptAll()
  if (life.reason() !== 'stopped') telling.abort()
  await programs
  await withinTime(pool.settled(), clock)
  telling.abort()
  await Promise.all([pool.settled(), loops])
}

async function withinTime(done: Promise<void>, clock: Clock) {
  const inTime = new AbortController()
  const limit = clock.sleep(lastWordsMs, inTime.signal).catch(() => {})
  await Promise.race([done, limit])
  inTime.abort()
}
