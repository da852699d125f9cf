import type { CompleteAttempt, JournalReport } from '@molecule/contract/host'
import type { Reason } from '@molecule/contract/workspace'
import type { Client } from '@molecule/sdk'
import { resultRefused } from '../carry-out.ts'
import { attemptKey, type FencedRef, type Journal } from '../journal.ts'
import type { Log } from '../log.ts'
import { type ServerLink, verdictOn } from '../server-link.ts'
import { whenThere } from './work-client.ts'

export type Telling = {
  readonly journal: Journal
  readonly link: ServerLink
  readonly client: Client
  readonly workspaceId: string
  readonly log: Log
}

type End = Omit<CompleteAttempt, keyof FencedRef>

/** How long a server is waited for by a bridge that was told to stop. */
const lastCallMs = 2_000

/** Tells what a bridge that was killed knew and nobody was told. */
export async function tellLost(telling: Telling, signal: AbortSignal): Promise<void> {
  for (const report of telling.journal.open()) await tellOne(report, telling, signal)
}

/** What was taken and not begun need not wait for the end of its lease. */
export async function giveBackUnbegun(telling: Telling): Promise<void> {
  const signal = AbortSignal.timeout(lastCallMs)
  const unbegun = telling.journal.open().filter(({ state }) => state === 'leased')
  for (const report of unbegun)
    await tellOne(report, telling, signal).catch((error: unknown) =>
      telling.log('info', 'an item was not given back', { attempt: attemptKey(report), error }),
    )
}

/** What the server declines was handed to somebody else meanwhile, or is over. */
async function tellOne(report: JournalReport, telling: Telling, signal: AbortSignal) {
  const { state, outcome, task_id, attempt, fence, ...end } = report
  const ref = { task_id, attempt, fence }
  try {
    if (state === 'leased') await giveBack(ref, telling, signal)
    else await complete(ref, state === 'ended' && outcome ? { ...end, outcome } : lost)
  } catch (error) {
    const verdict = verdictOn(error)
    if (verdict !== 'rejected' && verdict !== 'fenced') throw error
    telling.log('info', 'what became of it was not recorded', { attempt: attemptKey(ref), error })
  }
  await telling.journal.settled(ref)

  async function complete(of: FencedRef, told: End): Promise<void> {
    try {
      await telling.link.insist((host, call) => host.complete({ ...of, ...told }, call), signal)
    } catch (error) {
      if (verdictOn(error) !== 'rejected' || told.outcome !== 'completed') throw error
      await complete(of, { outcome: 'failed', reason: resultRefused(error) })
    }
  }
}

/** Where the server had been told already that the program runs next, another attempt takes the place of this one. */
async function giveBack(ref: FencedRef, telling: Telling, signal: AbortSignal): Promise<void> {
  const { link, client, workspaceId } = telling
  const { task_id: task, ...held } = ref
  const of = { workspace: workspaceId, task }
  const again = { ...held, outcome: 'failed', failure: 'transient', reason: neverRan } as const
  try {
    await link.insist((_, call) => whenThere(client.work.giveBack(of, held, call)), signal)
  } catch (error) {
    if (verdictOn(error) !== 'rejected') throw error
    await link.insist((_, call) => whenThere(client.work.complete(of, again, call)), signal)
  }
}

const lost = {
  outcome: 'interrupted',
  reason: {
    code: 'bridge_lost',
    detail: 'The bridge was killed while its program worked on this; the program was ended.',
    hint: 'Nothing to do: it is tried again.',
  },
} as const

const neverRan: Reason = {
  code: 'bridge_lost',
  detail: 'The bridge was killed before its program began with this.',
  hint: 'Nothing to do: it is tried again.',
}
