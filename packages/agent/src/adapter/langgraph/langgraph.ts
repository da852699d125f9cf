import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LanggraphConfig } from '@molecule/contract/runtime-config'
import type { Reason } from '@molecule/contract/workspace'
import type {
  AdapterResult,
  AdapterSettings,
  AdapterTask,
  RuntimeAdapter,
  Sink,
} from '../../adapter.ts'
import { systemPrompt } from '../../prompt/system-prompt.ts'
import { environmentFor, organizationTools } from '../cli-environment.ts'
import { cliFailure } from '../cli-failure.ts'
import { endOf } from '../cli-run.ts'
import { driveProgram, type Line, type Talk } from '../drive-program.ts'
import { classOf } from '../failure-class.ts'
import { threads } from '../threads.ts'
import { toolUses } from '../tool-uses.ts'
import { langgraphConfig } from './config.ts'
import type { GraphSays, RunGraph } from './wire.ts'

/** One that every of its providers may be asked for by name. */
const usualModel = 'anthropic:claude-opus-4-7'

const runner = fileURLToPath(import.meta.resolve('./runner.ts'))

type Kind = RunGraph['kind']

const needed: Record<Kind, readonly string[]> = {
  langgraph: ['langchain', '@langchain/core', '@langchain/mcp-adapters'],
  deepagents: ['deepagents', 'langchain', '@langchain/core', '@langchain/mcp-adapters'],
}
const titles: Record<Kind, string> = { langgraph: 'LangGraph', deepagents: 'Deep Agents' }

/** A graph of LangGraph in TypeScript or JavaScript, with the packages of its own project: one process per task, what was said kept by thread. */
export const graphAdapter =
  (kind: Kind) =>
  (settings: AdapterSettings): RuntimeAdapter => {
    const config = langgraphConfig(settings.runtimeConfig)
    const modules = resolve(settings.workDir, config.modules ?? '.')
    const queue = threads(join(settings.sessionDir, `${kind}-threads.json`))
    return {
      fault: async () => faultOf(kind, modules, config),
      run: (task, sink, signal) =>
        queue.inSession(task.contextId, signal, () =>
          oneTurn({ kind, config, modules, settings, task, sink, signal }),
        ),
    }
  }

function faultOf(kind: Kind, modules: string, { graph }: LanggraphConfig): Reason | undefined {
  const find = createRequire(join(modules, 'package.json'))
  const missing = needed[kind].filter((name) => !isInstalled(find, name))
  // A graph of one's own brings what it needs; only what carries its messages is ours to ask for.
  const lacking = graph === undefined ? missing : missing.filter((name) => name.endsWith('/core'))
  if (lacking.length === 0) return undefined
  return {
    code: 'runtime_missing',
    detail: `${titles[kind]} is not installed in ${modules}: ${lacking.join(', ')} cannot be found from there.`,
    hint: `In the folder of your project: npm install ${needed[kind].join(' ')} and the package of your model, for example @langchain/anthropic. Name that folder as \`modules\` in the runtime_config, then restart the workspace.`,
  }
}

/** A package may keep its `package.json` to itself: its entry, or its folder, will do. */
function isInstalled(find: NodeJS.Require, name: string): boolean {
  for (const place of [`${name}/package.json`, name])
    try {
      find.resolve(place)
      return true
    } catch (error) {
      if ((error as { code?: string }).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return true
    }
  return false
}

type Turn = {
  readonly kind: Kind
  readonly config: LanggraphConfig
  readonly modules: string
  readonly settings: AdapterSettings
  readonly task: AdapterTask
  readonly sink: Sink
  readonly signal: AbortSignal
}

async function oneTurn(turn: Turn): Promise<AdapterResult> {
  const { kind, config, settings, task } = turn
  let end: Extract<GraphSays, { type: 'result' | 'failed' }> | undefined
  const asked = await askedOf(turn)
  const driven = await driveProgram(
    {
      ...turn,
      command: process.execPath,
      args: ['--no-warnings', runner],
      env: environmentFor(settings, task, { own: config.env }),
      stallS: config.stall_s,
    },
    (line) =>
      talkOver(line, asked, turn.sink, (found) => {
        end = found
      }),
  )
  return endOf(
    driven,
    { command: titles[kind], stall_s: config.stall_s },
    (): AdapterResult | undefined => {
      if (end?.type === 'result') return { outcome: 'completed', result: end.text }
      return end && failed(kind, end)
    },
  )
}

function failed(kind: Kind, { why, status }: Extract<GraphSays, { type: 'failed' }>) {
  const words = {
    title: titles[kind],
    keys: 'the key of the provider of its model, for example ANTHROPIC_API_KEY',
    address: 'for example ANTHROPIC_BASE_URL',
  }
  return cliFailure(words, { failure: classOf({ status, text: why }), why })
}

async function askedOf({ kind, config, modules, settings, task }: Turn): Promise<RunGraph> {
  const folder = join(settings.sessionDir, kind)
  await mkdir(folder, { recursive: true })
  const name = createHash('sha256').update(task.contextId).digest('hex').slice(0, 32)
  return {
    ...{ kind, modules, graph: config.graph, model: settings.model ?? usualModel, text: task.text },
    instructions: await systemPrompt(settings),
    tools: await organizationTools(settings),
    stateFile: join(folder, `${name}.json`),
    recursionLimit: config.recursion_limit,
  }
}

function talkOver(
  line: Line,
  asked: RunGraph,
  sink: Sink,
  onEnd: (end: Extract<GraphSays, { type: 'result' | 'failed' }>) => void,
): Talk {
  const tools = toolUses(sink)
  const hear = (said: GraphSays) => {
    switch (said.type) {
      case 'text':
        return sink.output('stdout', said.text)
      case 'tool':
        return tools.begin(said)
      case 'tool_end':
        return tools.end(said)
      case 'usage':
        return sink.output('stderr', `\n${said.input} tokens read, ${said.output} written\n`)
      case 'note':
        return sink.output('stderr', `${said.text}\n`)
      case 'result':
      case 'failed':
        onEnd(said)
        line.end()
    }
  }
  return {
    begin: () => line.say(asked),
    hear: (message) => hear(message as GraphSays),
    isToolRunning: tools.isAnyRunning,
  }
}
