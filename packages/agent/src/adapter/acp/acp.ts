import { join } from 'node:path'
import type {
  AdapterResult,
  AdapterSettings,
  AdapterTask,
  RuntimeAdapter,
  Sink,
} from '../../adapter.ts'
import { systemPrompt } from '../../prompt/system-prompt.ts'
import { environmentFor, organizationTools, pathFor } from '../cli-environment.ts'
import { cliFailure } from '../cli-failure.ts'
import { cliFault } from '../cli-fault.ts'
import { commandFault } from '../command-config.ts'
import { driveProgram, fellSilent } from '../drive-program.ts'
import { exitReason } from '../exit-reason.ts'
import { classOf } from '../failure-class.ts'
import { type Threads, threads } from '../threads.ts'
import { acpConfig } from './config.ts'
import type { Ended } from './conversation.ts'
import type { Preset } from './preset.ts'

/** Any program that speaks the Agent Client Protocol: one process per task, in the session of the program that holds the thread of tasks. */
export const acpAdapter =
  (preset: Preset) =>
  (settings: AdapterSettings): RuntimeAdapter => {
    const config = acpConfig(preset, settings.runtimeConfig)
    const known = threads(join(settings.sessionDir, 'acp-sessions.json'))
    const { command } = config
    const place = { command, path: pathFor(settings, config.env), workDir: settings.workDir }
    return {
      fault: () =>
        preset.program ? cliFault({ ...place, ...preset.program }) : commandFault(place),
      run: (task, sink, signal) =>
        known.inSession(task.contextId, signal, (session) =>
          oneRun({ preset, config, settings, task, sink, signal, known, session }),
        ),
    }
  }

type Run = {
  readonly preset: Preset
  readonly config: ReturnType<typeof acpConfig>
  readonly settings: AdapterSettings
  readonly task: AdapterTask
  readonly sink: Sink
  readonly signal: AbortSignal
  readonly known: Threads
  /** To go on with; without one it begins one. */
  readonly session: string | undefined
}

async function oneRun(run: Run): Promise<AdapterResult | 'forgotten'> {
  const { preset, config, settings, task, sink, known, session } = run
  // Loaded with the first task of a workspace that needs it: a host is small.
  const { conversation } = await import('./conversation.ts')
  const instructions = await systemPrompt(settings)
  const tools = await organizationTools(settings)
  const plain = environmentFor(settings, task, { usual: {}, own: config.env })
  const prepared = await preset.prepare({
    settings,
    config,
    env: plain,
    instructions,
    tools,
    session,
  })
  let ended: Ended | undefined
  const driven = await driveProgram(
    {
      ...run,
      command: config.command,
      args: [...config.args, ...prepared.args],
      env: environmentFor(settings, task, { usual: prepared.env, own: config.env }),
      stallS: config.stall_s,
    },
    (line) =>
      conversation(line, {
        ...{ task, sink, session, cwd: settings.workDir },
        ...{ allow: config.allow, mode: config.mode },
        instructions: prepared.isInstructed ? '' : instructions,
        mcpServers: prepared.hasTools ? [] : [httpServer(tools)],
        onSession: (id) => void known.keep(task.contextId, id),
        onEnded: (found) => {
          ended = found
        },
      }),
  )
  if ('fault' in driven) return { outcome: 'failed', reason: driven.fault }
  if (driven.isStalled) return fellSilent(config.stall_s)
  if (ended) return resultOf(ended, preset)
  const reason = exitReason(config.command, driven.exit, driven.stderr)
  return { outcome: 'failed', reason, failure: 'transient' }
}

const httpServer = ({ url, token }: { url: string; token: string }) => ({
  type: 'http' as const,
  name: 'molecule',
  url,
  headers: [{ name: 'Authorization', value: `Bearer ${token}` }],
})

function resultOf(ended: Ended, { words }: Preset): AdapterResult | 'forgotten' {
  if (ended.kind === 'forgotten') return 'forgotten'
  if (ended.kind === 'completed') return { outcome: 'completed', result: ended.text }
  const why = whyOf(ended.error)
  return cliFailure(words, { failure: classOf({ text: why }), why })
}

/** What went wrong is often in the data of the error, its message being no more than "Internal error". */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { data } = error as { data?: unknown }
  if (data === undefined || data === null) return error.message
  return `${error.message}: ${typeof data === 'string' ? data : JSON.stringify(data)}`
}
