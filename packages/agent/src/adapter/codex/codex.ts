import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdapterResult, AdapterSettings, RuntimeAdapter } from '../../adapter.ts'
import { systemPrompt } from '../../prompt/system-prompt.ts'
import { environmentFor, organizationTools } from '../cli-environment.ts'
import { modelOf } from '../cli-model.ts'
import { type CliRun, cliAdapter, endOf } from '../cli-run.ts'
import { driveProgram } from '../drive-program.ts'
import { codexConfig } from './config.ts'
import { conversation, type Ended } from './conversation.ts'
import { failureOf } from './failures.ts'

/** What this was tested with. Another version may speak otherwise: its app server calls itself experimental. */
export const testedWith = '0.171.0'
/** How often the program asks its model again by itself; more would hide a bad key for minutes. */
const apiRetries = 1
const tokenVariable = 'MOLECULE_MCP_TOKEN'

/**
 * Codex by its app server: one process per task, which speaks JSON-RPC line by line, in the thread of the program that holds the thread of
 * tasks. What its sandbox does not allow is declined, as nobody is there to be asked.
 */
export function codexAdapter(settings: AdapterSettings): RuntimeAdapter {
  const program = { title: 'Codex', npmName: '@openai/codex', testedWith, worksFrom: '0.169.0' }
  const config = codexConfig(settings.runtimeConfig)
  return cliAdapter({ settings, config, program, threadsFile: 'codex-threads.json', oneRun })
}

type Run = CliRun<ReturnType<typeof codexConfig>>

async function oneRun(run: Run): Promise<AdapterResult | 'forgotten'> {
  const { config, settings, task, sink, known, session } = run
  const home = join(settings.sessionDir, 'codex')
  await mkdir(home, { recursive: true })
  const { url, token } = await organizationTools(settings)
  const usual = {
    ...(settings.isOfPerson ? {} : { CODEX_HOME: home }),
    [tokenVariable]: token,
  }
  const env = environmentFor(settings, task, { usual, own: config.env })
  const instructions = await systemPrompt(settings)
  let ended: Ended | undefined
  const driven = await driveProgram(
    {
      ...run,
      command: config.command,
      args: [
        ...config.args,
        'app-server',
        ...overrides({ config, env, mcp: url, isOfPerson: settings.isOfPerson === true }),
      ],
      env,
      stallS: config.stall_s,
    },
    (line) =>
      conversation(line, {
        ...{ task, sink, session, instructions },
        ...{ sandbox: config.sandbox, cwd: settings.workDir, model: modelOf(settings, ['openai']) },
        onThread: (id) => void known.keep(task.contextId, id),
        onEnded: (found) => {
          ended = found
        },
      }),
  )
  return endOf(driven, config, () => ended && resultOf(ended))
}

function resultOf(ended: Ended): AdapterResult | 'forgotten' {
  if (ended.kind === 'forgotten') return 'forgotten'
  if (ended.kind === 'failed') return failureOf(ended.error)
  return { outcome: 'completed', result: ended.text }
}

type Overrides = {
  config: Run['config']
  env: Readonly<Record<string, string>>
  mcp: string
  isOfPerson: boolean
}

type Values = Record<string, string | number | boolean>

function providerOf(config: Run['config'], env: Overrides['env']): Values {
  const provider = 'model_providers.molecule'
  return {
    model_provider: 'molecule',
    [`${provider}.name`]: 'molecule',
    [`${provider}.base_url`]: config.base_url ?? env.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
    [`${provider}.wire_api`]: 'responses',
    [`${provider}.env_key`]: env.CODEX_API_KEY ? 'CODEX_API_KEY' : 'OPENAI_API_KEY',
    [`${provider}.request_max_retries`]: apiRetries,
    [`${provider}.stream_max_retries`]: apiRetries,
  }
}

/** Keys of its configuration, each as `-c key=value` in TOML. */
function overrides({ config, env, mcp, isOfPerson }: Overrides): string[] {
  const values: Values = {
    // Whoever has logged it in has chosen a provider.
    ...(isOfPerson && config.base_url === undefined ? {} : providerOf(config, env)),
    // Without it an address that nobody answers at is waited for without end.
    'features.unbounded_connection_retries': false,
    check_for_update_on_startup: false,
    'analytics.enabled': false,
    'mcp_servers.molecule.url': mcp,
    'mcp_servers.molecule.bearer_token_env_var': tokenVariable,
    'mcp_servers.molecule.default_tools_approval_mode': 'approve',
  }
  // JSON writes these as TOML does.
  return Object.entries(values).flatMap(([key, value]) => ['-c', `${key}=${JSON.stringify(value)}`])
}
