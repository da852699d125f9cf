import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type {
  AdapterResult,
  AdapterSettings,
  AdapterTask,
  RuntimeAdapter,
  Sink,
} from '../../adapter.ts'
import { cpuTicksOf } from '../process-tree.ts'
import { type Served, type ServedProgram, servedProgram } from '../served/served-program.ts'
import { threads } from '../threads.ts'
import { a2aConfig } from './config.ts'
import { type RemoteAgent, remoteAgent, type Told } from './remote-agent.ts'

const askEveryMs = 300
const endKnownMs = 500

/** An A2A agent that we start: a server of its own, in whatever language, which every task is sent to as a message. */
export function a2aAdapter(settings: AdapterSettings): RuntimeAdapter {
  const config = a2aConfig(settings.runtimeConfig)
  const known = threads(join(settings.sessionDir, 'a2a-contexts.json'))
  const server = servedProgram({ settings, config, isReady: hasCard })
  return {
    async fault() {
      const served = await server.running()
      return 'fault' in served ? served.fault : undefined
    },
    run: (task, sink, signal) =>
      known.inSession(task.contextId, signal, async (contextId) => {
        const served = await server.running()
        if ('fault' in served)
          return { outcome: 'failed', reason: served.fault, failure: 'transient' }
        const agent = await remoteAgent(served.url)
        const ask = { task, sink, signal, contextId, served, server, stallS: config.stall_s }
        return oneAsk(agent, ask, (id) => known.keep(task.contextId, id))
      }),
    close: server.close,
  }
}

async function hasCard(url: string, signal: AbortSignal): Promise<boolean> {
  const answer = await fetch(`${url}/.well-known/agent-card.json`, { signal })
  await answer.body?.cancel()
  return answer.ok
}

type Ask = {
  readonly task: AdapterTask
  readonly sink: Sink
  readonly signal: AbortSignal
  /** The agent's own name for the thread, once it has given one. */
  readonly contextId: string | undefined
  readonly served: Extract<Served, { url: string }>
  readonly server: ServedProgram
  readonly stallS: number
}

async function oneAsk(
  agent: RemoteAgent,
  ask: Ask,
  keep: (contextId: string) => Promise<void>,
): Promise<AdapterResult> {
  const { task, signal, contextId, served } = ask
  const ended = AbortSignal.any([signal, served.hasEnded])
  const watch = watching(ask)
  try {
    const messageId = `${task.taskId}.${task.attempt}`
    let told = await agent.send({ messageId, contextId, text: task.text }, ended)
    if (told.contextId !== undefined) await keep(told.contextId)
    while (told.is === 'working') {
      watch.hear(told)
      await sleep(askEveryMs, undefined, { signal: ended })
      if (watch.isStalled()) return await giveUp(agent, told.taskId, ask)
      told = await agent.get(told.taskId, ended)
    }
    watch.hear(told)
    return resultOf(told)
  } catch (error) {
    if (signal.aborted) return await callOff(agent, watch.taskId(), ask)
    // Its connections break a moment before it is known to have ended.
    await sleep(endKnownMs, undefined, { signal: served.hasEnded }).catch(() => {})
    return served.hasEnded.aborted ? gone(served.stderr()) : unanswered(error)
  }
}

/** Shows what the agent says, and whether it moves on: by what it says, or by the processor time of its server. */
function watching({ sink, stallS, served }: Ask) {
  let taskId: string | undefined
  let shown = ''
  let movedAt = performance.now()
  let ticks = 0
  const moved = () => {
    movedAt = performance.now()
    sink.progressed()
  }
  return {
    hear({ text = '', ...told }: Told) {
      if (told.is === 'working') taskId = told.taskId
      const now = cpuTicksOf(served.pid)
      if (now !== ticks) moved()
      ticks = now
      if (text === shown) return
      const more = text.startsWith(shown) ? text.slice(shown.length) : `\n${text}`
      sink.output('stdout', more)
      shown = text
      moved()
    },
    taskId: () => taskId,
    isStalled: () => performance.now() - movedAt > stallS * 1000,
  }
}

function resultOf(told: Exclude<Told, { is: 'working' }>): AdapterResult {
  switch (told.is) {
    case 'completed':
      return { outcome: 'completed', result: told.text }
    case 'asking':
      return { outcome: 'asked', question: told.text }
    case 'failed':
      return {
        outcome: 'failed',
        reason: {
          code: 'agent_failed',
          detail: told.text || 'The agent failed without giving a reason.',
          hint: 'What its server printed says more.',
        },
        failure: told.failure,
      }
  }
}

/** One that does not end its work when told to is ended with its server. */
async function callOff(agent: RemoteAgent, taskId: string | undefined, { server }: Ask) {
  const isOff = taskId !== undefined && (await agent.cancel(taskId))
  if (!isOff) await server.close()
  return unanswered(new Error('called off'))
}

async function giveUp(agent: RemoteAgent, taskId: string, ask: Ask): Promise<AdapterResult> {
  await callOff(agent, taskId, ask)
  return {
    outcome: 'failed',
    reason: {
      code: 'agent_silent',
      detail: `The agent has said nothing, and used no processor time, for ${ask.stallS} s.`,
      hint: 'Look at what it waits for; if it is only slow, raise stall_s in the runtime_config.',
    },
    failure: 'transient',
  }
}

const gone = (stderr: string): AdapterResult => ({
  outcome: 'failed',
  reason: {
    code: 'agent_gone',
    detail: `The agent ended while it worked. ${stderr.slice(-1000)}`.trim(),
    hint: 'It is started again with the next attempt; what it printed says why it ended.',
  },
  failure: 'transient',
})

const unanswered = (error: unknown): AdapterResult => ({
  outcome: 'failed',
  reason: {
    code: 'agent_unanswered',
    detail: `The agent did not answer as A2A asks for: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'It must speak A2A over JSON-RPC (1.0 or 0.3) at the address of its card.',
  },
})
