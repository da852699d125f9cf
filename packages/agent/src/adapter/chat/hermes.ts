import { join } from 'node:path'
import type {
  AdapterResult,
  AdapterSettings,
  AdapterTask,
  RuntimeAdapter,
  Sink,
} from '../../adapter.ts'
import { systemPrompt } from '../../prompt/system-prompt.ts'
import { cliFailure } from '../cli-failure.ts'
import { modelOf } from '../cli-model.ts'
import { fellSilent } from '../drive-program.ts'
import { classOf } from '../failure-class.ts'
import { servedProgram } from '../served/served-program.ts'
import { threads } from '../threads.ts'
import { type Completion, complete } from './completion.ts'
import { hermesConfig } from './config.ts'
import { chatHistory } from './history.ts'

const usualUrl = 'http://127.0.0.1:8642/v1'
const usualModel = 'hermes-agent'
const words = {
  title: 'The gateway of Hermes',
  keys: 'HERMES_API_KEY, as API_SERVER_KEY is set in the gateway',
  address: 'base_url',
}

/**
 * Hermes by its gateway, which speaks Chat Completions: one that runs already, or one that we start with `command`. It is told what was said before in
 * the thread with every task. Any other server of that API does as well.
 */
export function hermesAdapter(settings: AdapterSettings): RuntimeAdapter {
  const config = hermesConfig(settings.runtimeConfig)
  const { command } = config
  const history = chatHistory(join(settings.sessionDir, 'chat'))
  const queue = threads(join(settings.sessionDir, 'chat-threads.json'))
  const server =
    command === undefined
      ? undefined
      : servedProgram({ settings, config: { ...config, command }, isReady: answers })

  const address = async () => {
    if (!server) return { url: config.base_url ?? usualUrl }
    const served = await server.running()
    if ('fault' in served) return served
    return { url: config.base_url ?? `${served.url}/v1` }
  }
  return {
    async fault() {
      const found = await address()
      if ('fault' in found) return found.fault
      const isThere = await answers(
        found.url.replace(/\/v1$/, ''),
        AbortSignal.timeout(5000),
      ).catch(() => false)
      return isThere ? undefined : noGateway(found.url)
    },
    run: (task, sink, signal) =>
      queue.inSession(task.contextId, signal, async () => {
        const found = await address()
        if ('fault' in found)
          return { outcome: 'failed', reason: found.fault, failure: 'transient' }
        return oneTurn({ settings, config, history, url: found.url, task, sink, signal })
      }),
    ...(server ? { close: server.close } : {}),
  }
}

/** Whatever it says of a request without a key: it is there. */
async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  const answer = await fetch(`${url}/v1/models`, { signal })
  await answer.body?.cancel()
  return answer.status < 500
}

const noGateway = (url: string) => ({
  code: 'runtime_missing',
  detail: `Nothing answers at ${url}.`,
  hint: 'Start the gateway of Hermes with its API server switched on, name its address as base_url, or its program as `command` in the runtime_config; then restart the workspace.',
})

type Turn = {
  readonly settings: AdapterSettings
  readonly config: ReturnType<typeof hermesConfig>
  readonly history: ReturnType<typeof chatHistory>
  readonly url: string
  readonly task: AdapterTask
  readonly sink: Sink
  readonly signal: AbortSignal
}

async function oneTurn(turn: Turn): Promise<AdapterResult> {
  const { settings, config, history, url, task, sink, signal } = turn
  const before = await history.of(task.contextId)
  const asked = { role: 'user' as const, content: task.text }
  const system = { role: 'system' as const, content: await systemPrompt(settings) }
  const silence = silenceAfter(config.stall_s)
  try {
    const answer = await complete(
      {
        url,
        key: settings.secrets.HERMES_API_KEY ?? config.env.HERMES_API_KEY,
        model: modelOf(settings, []) ?? usualModel,
        messages: [system, ...before, asked],
      },
      (text) => {
        silence.heard()
        sink.output('stdout', text)
      },
      AbortSignal.any([signal, silence.signal]),
    )
    if ('status' in answer) return refused(answer)
    await history.write(task.contextId, [
      ...before,
      asked,
      { role: 'assistant', content: answer.text },
    ])
    const { usage } = answer
    if (usage) sink.output('stderr', `\n${usage.input} tokens read, ${usage.output} written\n`)
    return { outcome: 'completed', result: answer.text }
  } catch (error) {
    if (silence.signal.aborted) return fellSilent(config.stall_s)
    const why = error instanceof Error ? error.message : String(error)
    return cliFailure(words, { failure: 'transient', why })
  } finally {
    silence.end()
  }
}

function refused({ status, why, retryAfter }: Extract<Completion, { status: number }>) {
  const seconds = Number(retryAfter)
  return cliFailure(words, {
    failure: classOf({ status, text: why }),
    why: `${status}: ${why}`,
    limitUntil: seconds > 0 ? new Date(Date.now() + seconds * 1000) : undefined,
  })
}

/** Aborts once nothing was heard for so long. */
function silenceAfter(seconds: number) {
  const controller = new AbortController()
  let timer: NodeJS.Timeout
  const heard = () => {
    clearTimeout(timer)
    timer = setTimeout(() => controller.abort(), seconds * 1000)
  }
  heard()
  return { signal: controller.signal, heard, end: () => clearTimeout(timer) }
}
