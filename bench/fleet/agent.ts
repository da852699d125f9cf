import { setTimeout as sleep } from 'node:timers/promises'
import type { LeasedAttempt } from '@molecule/contract/host'
import { type Client, type Fetch, moleculeClient } from '@molecule/sdk'
import { hostClient } from '@molecule/sdk/host'

export type Boot = {
  readonly workspaceId: string
  readonly incarnation: number
  readonly url: string
  readonly credential: string
}

export type Agent = {
  readonly workspaceId: string
  /** Acts in the name of the workspace, as its programs do. */
  readonly client: Client
  /** Ends when its signal aborts. */
  readonly done: Promise<void>
}

export type AgentSettings = {
  readonly boot: Boot
  readonly fetch: Fetch
  readonly signal: AbortSignal
  /** The server has granted the start of this attempt. */
  readonly onStart: (attempt: LeasedAttempt) => void
  /** The server has recorded its end. */
  readonly onEnd: (attempt: LeasedAttempt) => void
}

const waitSeconds = 25

/** Speaks to the server as an agent host does, and does every task by doing nothing. */
export async function startAgent(settings: AgentSettings): Promise<Agent> {
  const { boot, fetch, signal } = settings
  const { workspaceId, incarnation, url: baseUrl, credential } = boot
  const enrolling = hostClient({ baseUrl, token: credential, fetch })
  const body = { incarnation, pid: process.pid, version: '0.0.0', journal: [] }
  const { host_token, agent_token, beat_every_ms } = await enrolling.enrol(body, { signal })
  const host = hostClient({ baseUrl, token: host_token, fetch })
  await host.secrets({ signal })
  await host.beat({ attempts: [] }, { signal })

  const beat = async () => {
    while (!signal.aborted) {
      await sleep(beat_every_ms, undefined, { signal })
      await host.beat({ attempts: [] }, { signal })
    }
  }
  const work = async () => {
    const request = { capacity: 1, wait_s: waitSeconds, running: [] }
    while (!signal.aborted) {
      const { attempts } = await host.lease(request, { signal })
      for (const attempt of attempts) await execute(attempt)
    }
  }
  const execute = async (attempt: LeasedAttempt) => {
    const ref = { task_id: attempt.task_id, attempt: attempt.attempt, fence: attempt.fence }
    await host.start(ref, { signal })
    settings.onStart(attempt)
    const end = { ...ref, outcome: 'completed', result: 'done' } as const
    const { recorded } = await host.complete(end, { signal })
    if (recorded) settings.onEnd(attempt)
  }
  const untilAborted = (loop: Promise<void>) =>
    loop.catch((error) => {
      if (!signal.aborted) throw error
    })
  const done = Promise.all([untilAborted(beat()), untilAborted(work())]).then(() => {})
  const client = moleculeClient({ baseUrl, token: agent_token, fetch })
  return { workspaceId, client, done }
}
