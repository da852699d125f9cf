import type { AdapterResult, AdapterSettings, RuntimeAdapter } from '../../adapter.ts'
import { systemPrompt } from '../../prompt/system-prompt.ts'
import { environmentFor, organizationTools } from '../cli-environment.ts'
import { cliFailure } from '../cli-failure.ts'
import { type CliRun, cliAdapter, endOf } from '../cli-run.ts'
import { driveProgram } from '../drive-program.ts'
import { classOf } from '../failure-class.ts'
import { acpConfig } from './config.ts'
import type { Ended } from './conversation.ts'
import type { Preset } from './preset.ts'

/** Any program that speaks the Agent Client Protocol. */
export const acpAdapter =
  (preset: Preset) =>
  (settings: AdapterSettings): RuntimeAdapter =>
    cliAdapter({
      ...{ settings, config: acpConfig(preset, settings.runtimeConfig) },
      ...{ program: preset.program, threadsFile: 'acp-sessions.json' },
      oneRun: (run) => oneRun(run, preset),
    })

type Run = CliRun<ReturnType<typeof acpConfig>>

async function oneRun(run: Run, preset: Preset): Promise<AdapterResult | 'forgotten'> {
  const { config, settings, task, sink, known, session } = run
  // Loaded with the first task of a workspace that needs it: a host is small.
  const { conversation } = await import('./conversation.ts')
  const instructions = await systemPrompt(settings)
  const tools = await organizationTools(settings)
  const plain = environmentFor(settings, task, { own: config.env })
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
  return endOf(driven, config, () => ended && resultOf(ended, preset))
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
