import type { AttemptProgress, BeatReply, CompleteAttempt } from '@molecule/contract/host'
import type { TaskId } from '@molecule/contract/id'
import type { CompleteWork } from '@molecule/contract/work'
import { type CallOptions, type Client, MoleculeError } from '@molecule/sdk'
import type { HostClient } from '@molecule/sdk/host'
import type { Clock } from '../clock.ts'

type Of = {
  readonly client: Client
  readonly workspaceId: string
  readonly clock: Clock
  /** What was interrupted is tried again; else it fails. */
  readonly isRetried: boolean
}

/** An item that was not begun after so long is handed out again. */
const leaseS = 60
const heartbeatEveryMs = 20_000
const shownUnits = 500

const calledOff = {
  code: 'called_off',
  detail: 'The program was ended, as it was asked for.',
  hint: 'Ask for it anew if it is wanted after all.',
}

/** The calls of a host, made over the routes for agents that run elsewhere, with the token of their workspace. */
export function workClient({ client, workspaceId, clock, isRetried }: Of): HostClient {
  const { work, tasks, registry } = client
  const of = (task: string) => ({ workspace: workspaceId, task })
  let toldAt = Number.NEGATIVE_INFINITY
  const heartbeat = async (active: number, call: { signal?: AbortSignal }) => {
    if (clock.now() - toldAt < heartbeatEveryMs) return
    await whenThere(registry.heartbeat({ workspace_id: workspaceId, active_tasks: active }, call))
    toldAt = clock.now()
  }
  /** Says how it moves on, if it does, and learns how the task stands. */
  const tell = ({ task_id, progressed, output }: AttemptProgress, call: CallOptions) => {
    if (!progressed) return tasks.get(task_id, {}, call)
    const text = lastWords(output.map((each) => each.text).join(''))
    return tasks.progress(task_id, text === '' ? {} : { text }, call)
  }
  const isWanted = async (each: AttemptProgress, call: CallOptions) => {
    try {
      const { status, cancel_requested_at } = await tell(each, call)
      return cancel_requested_at === null && !isOver(status)
    } catch (error) {
      if (error instanceof MoleculeError && overCodes.has(error.code)) return false
      throw error
    }
  }
  return {
    ...foreign,
    async lease({ capacity, wait_s }, call = {}) {
      if (capacity === 0) {
        await clock.sleep(wait_s * 1000, call.signal ?? new AbortController().signal)
        return { attempts: [], cancel: [] }
      }
      const asked = { limit: Math.min(capacity, 50), wait_s, lease_s: leaseS }
      const { items } = await whenThere(work.lease(workspaceId, asked, call))
      toldAt = clock.now()
      return { attempts: items, cancel: [] }
    },
    start: ({ task_id, ...ref }, call) => whenThere(work.start(of(task_id), ref, call)),
    async beat({ attempts }, call = {}): Promise<BeatReply> {
      await heartbeat(attempts.length, call)
      const cancel: BeatReply['cancel'] = []
      for (const each of attempts)
        if (!(await isWanted(each, call)))
          cancel.push({ task_id: each.task_id as TaskId, attempt: each.attempt })
      return { cancel }
    },
    complete: (end, call) =>
      whenThere(work.complete(of(end.task_id), asCompleteWork(end, isRetried), call)),
  }
}

/** While people have paused the workspace no agent is expected there: what it has to say is kept until they resume it. */
export async function whenThere<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof MoleculeError) || !isPaused(error)) throw error
    throw new MoleculeError({ ...error.problem, code: 'unavailable' })
  }
}

const isPaused = ({ code, problem }: MoleculeError) =>
  code === 'not_allowed_now' && problem.extra?.status !== undefined

function asCompleteWork(
  { task_id: _, outcome, reason, ...end }: CompleteAttempt,
  isRetried: boolean,
): CompleteWork {
  if (outcome === 'canceled') return { ...end, outcome: 'failed', reason: calledOff }
  if (outcome !== 'interrupted') return { ...end, outcome, ...(reason && { reason }) }
  if (isRetried)
    return { ...end, outcome: 'failed', failure: 'transient', ...(reason && { reason }) }
  return { ...end, outcome: 'failed', ...(reason && { reason: { ...reason, hint: notAgain } }) }
}

const notAgain =
  'It is not done a second time: look how far it came, and ask again if it should be.'

/** Nothing of this is there for an agent that runs elsewhere. */
const foreign = {
  enrol: () => Promise.reject(new Error('an agent that runs elsewhere does not enrol')),
  secrets: () => Promise.resolve({}),
  config: () => Promise.resolve({ version: 0, files: {}, prompt_files: [] }),
  fail: () => Promise.resolve({ recorded: false }),
}

/** Of a task that nobody waits for. */
const overCodes = new Set(['already_terminal', 'not_found', 'gone'])
const isOver = (status: string) => ['completed', 'failed', 'stuck', 'canceled'].includes(status)

const lastWords = (text: string) => (text.trim().split('\n').at(-1) ?? '').slice(-shownUnits).trim()
