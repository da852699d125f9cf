import type { AttemptProgress, BeatReply } from '@molecule/contract/host'
import type { CallOptions, Client } from '@molecule/sdk'
import type { HostClient } from '@molecule/sdk/host'
import type { Clock } from '../clock.ts'

type Of = {
  readonly client: Client
  readonly workspaceId: string
  readonly clock: Clock
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
export function workClient({ client, workspaceId, clock }: Of): HostClient {
  const { work, tasks, registry } = client
  const of = (task: string) => ({ workspace: workspaceId, task })
  const isSilent = { at: Number.NEGATIVE_INFINITY }
  const heartbeat = async (active: number, call: { signal?: AbortSignal }) => {
    if (clock.now() - isSilent.at < heartbeatEveryMs) return
    await registry.heartbeat({ workspace_id: workspaceId, active_tasks: active }, call)
    isSilent.at = clock.now()
  }
  /** Says how it moves on, if it does, and learns how the task stands. */
  const tell = ({ task_id, progressed, output }: AttemptProgress, call: CallOptions) => {
    if (!progressed) return tasks.get(task_id, {}, call)
    const text = lastWords(output.map((each) => each.text).join(''))
    return tasks.progress(task_id, text === '' ? {} : { text }, call)
  }
  return {
    ...foreign,
    async lease({ capacity, wait_s }, call = {}) {
      if (capacity === 0) {
        await clock.sleep(wait_s * 1000, call.signal ?? new AbortController().signal)
        return { attempts: [], cancel: [] }
      }
      const asked = { limit: Math.min(capacity, 50), wait_s, lease_s: leaseS }
      const { items } = await work.lease(workspaceId, asked, call)
      isSilent.at = clock.now()
      return { attempts: items, cancel: [] }
    },
    start: ({ task_id, ...ref }, call) => work.start(of(task_id), ref, call),
    async beat({ attempts }, call = {}): Promise<BeatReply> {
      await heartbeat(attempts.length, call)
      const cancel: BeatReply['cancel'] = []
      for (const each of attempts) {
        const { id, status, cancel_requested_at } = await tell(each, call)
        if (cancel_requested_at !== null || isOver(status))
          cancel.push({ task_id: id, attempt: each.attempt })
      }
      return { cancel }
    },
    async complete({ task_id, outcome, ...end }, call) {
      if (outcome === 'interrupted')
        return work.complete(of(task_id), { ...end, outcome: 'failed', failure: 'transient' }, call)
      if (outcome === 'canceled')
        return work.complete(of(task_id), { ...end, outcome: 'failed', reason: calledOff }, call)
      return work.complete(of(task_id), { ...end, outcome }, call)
    },
  }
}

/** Nothing of this is there for an agent that runs elsewhere. */
const foreign = {
  enrol: () => Promise.reject(new Error('an agent that runs elsewhere does not enrol')),
  secrets: () => Promise.resolve({}),
  config: () => Promise.resolve({ version: 0, files: {}, prompt_files: [] }),
  fail: () => Promise.resolve({ recorded: false }),
}

const isOver = (status: string) => ['completed', 'failed', 'stuck', 'canceled'].includes(status)

const lastWords = (text: string) => (text.trim().split('\n').at(-1) ?? '').slice(-shownUnits).trim()
