import type { AttemptRef, LeasedAttempt } from '@molecule/contract/host'
import { type Attempt, newAttempt } from './attempt.ts'
import { type AttemptTools, carryOut, tellEnd, tellTools } from './carry-out.ts'
import { attemptKey } from './journal.ts'

/** The attempts in the hands of this host, by their key. */
export type Held = Map<string, Attempt>

export type AttemptPool = {
  begin(leased: LeasedAttempt, configVersion: number): void
  cancel(refs: readonly AttemptRef[]): void
  /** Ends every program; resolves when none runs. */
  interruptAll(): Promise<void>
  /** Resolves when every attempt held now is settled with the server, or was given up. */
  settled(): Promise<void>
}

export function attemptPool(held: Held, tools: AttemptTools, onFreed: () => void): AttemptPool {
  const programs = new Set<Promise<unknown>>()
  const attempts = new Set<Promise<unknown>>()

  const follow = async (attempt: Attempt) => {
    const key = attemptKey(attempt.leased)
    const program = carryOut(attempt, tools)
    const done = program.catch(() => {})
    programs.add(done)
    try {
      const end = await program
      programs.delete(done)
      if (end) {
        await tellTools(attempt, tools)
        await tellEnd(attempt, end, tools)
      }
      const { output } = attempt
      tools.log('info', 'attempt over', {
        attempt: key,
        outcome: end?.outcome,
        printed: output.printed(),
      })
    } catch (error) {
      tools.log('error', 'attempt given up', { attempt: key, error })
    } finally {
      programs.delete(done)
      held.delete(key)
      onFreed()
    }
  }

  return {
    begin(leased, configVersion) {
      const key = attemptKey(leased)
      const known = held.get(key)
      if (known) {
        known.fence = known.phase === 'leased' ? leased.fence : known.fence
        return
      }
      const attempt = newAttempt(leased, configVersion)
      held.set(key, attempt)
      const followed = follow(attempt).finally(() => attempts.delete(followed))
      attempts.add(followed)
    },
    cancel(refs) {
      for (const ref of refs) held.get(attemptKey(ref))?.stop.abort('canceled')
    },
    async interruptAll() {
      for (const attempt of held.values()) attempt.stop.abort('interrupted')
      await Promise.all(programs)
    },
    async settled() {
      await Promise.all(attempts)
    },
  }
}
