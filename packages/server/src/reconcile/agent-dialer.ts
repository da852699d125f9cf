import type { CompleteAttempt } from '@molecule/contract/host'
import type { Db, WorkspaceRow } from '../db/tables.ts'
import type { Heartbeats } from '../domain/host/heartbeats.ts'
import type { AgentClient, Told } from '../domain/task/called-agent.ts'
import { completeAttempt } from '../domain/task/task-attempt.ts'
import {
  calledWorkspaces,
  type Dial,
  dialHost,
  isCancelRequested,
  keepDial,
  keepQuestion,
  leaseDials,
  loseDial,
  nameDial,
  takeOverDials,
  unsendDial,
} from '../domain/task/task-dial.ts'
import type { Clock } from '../lib/clock.ts'
import type { Controller, Log } from './supervise.ts'

type Options = {
  db: Db
  log: Log
  clock: Clock
  heartbeats: Heartbeats
  /** How the agent of a workspace is called. */
  agentOf: (workspace: WorkspaceRow) => Promise<AgentClient>
}

const EVERY_MS = 1000
const WATCH_MS = 1000
/** Of that many looks at a call one renews its lease. */
const RENEW_EVERY = 15
const POLL = { first: 250, most: 10_000 }

/** Carries out the tasks of agents that are called: sends each once, asks how it goes, and records how it ended. */
export function agentDialer(options: Options): Controller {
  const { db, log } = options
  const running = new Set<string>()
  const begin = (dial: Dial, signal: AbortSignal) => {
    const key = `${dial.taskId}/${dial.attempt}`
    if (running.has(key)) return
    running.add(key)
    carryOut(options, dial, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) log.error({ error, task: dial.taskId }, 'a call to an agent broke off')
      })
      .finally(() => running.delete(key))
  }
  return {
    name: 'agents',
    everyMs: EVERY_MS,
    async round(signal) {
      const called = await calledWorkspaces(db)
      if (called.length === 0) return
      for (const dial of await takeOverDials(db, called)) begin(dial, signal)
      for (const dial of await leaseDials(db, called)) begin(dial, signal)
    },
  }
}

async function carryOut(options: Options, dial: Dial, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  const canceled = new AbortController()
  const call = AbortSignal.any([signal, canceled.signal])
  const watching = watch(options, dial, { canceled, over: AbortSignal.any([signal, over.signal]) })
  try {
    const agent = await options.agentOf(dial.workspace)
    const told = await outcome(options, dial, { agent, call, canceled: canceled.signal }).catch(
      (error: unknown) => {
        if (signal.aborted || !canceled.signal.aborted) throw error
        return { is: 'canceled' } as const
      },
    )
    if (!signal.aborted) await record(options, dial, told)
  } finally {
    over.abort()
    await watching
  }
}

type Watched = { canceled: AbortController; over: AbortSignal }

/** As long as the call goes on: that it is ours, and whether it is still wanted. */
async function watch({ db, clock }: Options, dial: Dial, { canceled, over }: Watched) {
  for (let looks = 1; !over.aborted; looks += 1) {
    await clock.sleep(WATCH_MS, over).catch(() => {})
    if (over.aborted) return
    if (looks % RENEW_EVERY === 0) await keepDial(db, dial).catch(() => {})
    if (await isCancelRequested(db, dial).catch(() => false)) canceled.abort()
  }
}

type Line = { agent: AgentClient; call: AbortSignal; canceled: AbortSignal }

/** Sends it unless the agent has it, then asks until there is an end. A cancel reaches the agent too. */
async function outcome(options: Options, dial: Dial, line: Line): Promise<Told> {
  if (dial.remoteTaskId !== null) return follow(options, dial, { ...line, id: dial.remoteTaskId })
  const told = await send(line.agent, dial, line.call)
  if (told.is !== 'working') return told
  options.heartbeats.progress(dial.taskId)
  await nameDial(options.db, dial, told.remoteTaskId)
  return follow(options, dial, { ...line, id: told.remoteTaskId })
}

async function follow(
  { clock, heartbeats }: Options,
  { taskId }: Dial,
  { agent, call, canceled, id }: Line & { id: string },
): Promise<Told> {
  let mark = ''
  try {
    for (let pause = POLL.first; ; pause = Math.min(pause * 1.5, POLL.most)) {
      await clock.sleep(pause, call)
      const told = await agent.get(id, call)
      // One look that fails says nothing of the work.
      if (told.is === 'unsent' || told.is === 'unknown') continue
      if (told.is !== 'working') return told
      if (told.mark === mark) continue
      mark = told.mark
      heartbeats.progress(taskId)
      pause = POLL.first
    }
  } catch (error) {
    if (canceled.aborted) await agent.cancel(id, AbortSignal.timeout(WATCH_MS)).catch(() => {})
    throw error
  }
}

const send = (
  agent: AgentClient,
  { taskId, attempt, contextId, text, answers }: Dial,
  call: AbortSignal,
) => agent.send({ messageId: `${taskId}.${attempt}`, contextId, text, taskId: answers }, call)

async function record({ db, log }: Options, dial: Dial, told: Told): Promise<void> {
  const end = (
    how: Pick<CompleteAttempt, 'outcome' | 'result' | 'reason' | 'failure' | 'retry_at'>,
  ) =>
    completeAttempt(db, dialHost(dial), {
      task_id: dial.taskId,
      attempt: dial.attempt,
      fence: dial.fence,
      ...how,
    })
  switch (told.is) {
    case 'completed':
      return void (await end({ outcome: 'completed', result: told.text }))
    case 'canceled':
      return void (await end({ outcome: 'canceled' }))
    case 'failed': {
      const { reason, failure, retryAt } = told
      return void (await end({ outcome: 'failed', reason, failure, retry_at: retryAt }))
    }
    case 'asking':
      await nameDial(db, dial, told.remoteTaskId)
      await keepQuestion(db, dial, told.question)
      return void (await end({ outcome: 'failed' }))
    case 'unsent':
      log.warn(
        { task: dial.taskId, why: told.why },
        'an agent cannot be reached; it is called again',
      )
      return unsendDial(db, dial)
    default:
      if (told.is === 'unknown')
        log.error({ task: dial.taskId, why: told.why }, 'a call to an agent broke off')
      return loseDial(db, dial)
  }
}
