import type { RuntimeCapabilities, Runtime as RuntimeWire } from '@molecule/contract/runtime'
import {
  A2aConfig,
  AcpConfig,
  AcpPresetConfig,
  ClaudeCodeConfig,
  CodexConfig,
  HermesConfig,
  LanggraphConfig,
} from '@molecule/contract/runtime-config'
import { CommandConfig, type RequiredEnv } from '@molecule/contract/workspace'
import { type ZodType, z } from 'zod'
import { DomainError } from '../error.ts'

/** What occupies a workspace: the facts the server needs to know of one. */
export type Runtime = {
  id: string
  displayName: string
  /** Checks `runtime_config` and fills its defaults. */
  config: ZodType<Record<string, unknown>>
  /** What to do about a `runtime_config` that does not fit. */
  configHint: string
  /** From the start of the backend to the first lease. */
  provisionTimeoutMs: number
  /** What its agents can do beyond taking a task and answering it. */
  capabilities: RuntimeCapabilities
  /** Names of variables and secrets without which it cannot work; of a list within the list one is enough. */
  requiredEnv: RequiredEnv
  /** Name of the program that it drives, unless its configuration names another. */
  program?: string
  /** Its agent is a program that runs from the start of the workspace to its stop. */
  isServed?: true
  /** Of the models that it can run: what may stand before the colon of their names. Any where it is left out. */
  providers?: readonly string[]
}

const UNIVERSAL_MODEL = 'anthropic:claude-opus-4-7'

const acpHint = 'Leave it out, or name command, args, env, allow, mode, base_url, stall_s.'

const graphHint = 'Leave it out, or name graph, modules, env, recursion_limit, stall_s.'

const runtimes: readonly Runtime[] = [
  {
    id: 'command',
    displayName: 'Command',
    config: CommandConfig,
    configHint: 'A command needs {"command": "<program>", "args": ["…"]}.',
    provisionTimeoutMs: 60_000,
    capabilities: { session: true, model: false, streaming: true },
    requiredEnv: [],
  },
  {
    id: 'claude-code',
    program: 'claude',
    displayName: 'Claude Code',
    config: ClaudeCodeConfig,
    configHint:
      'Leave it out, or name command, args, env, permission_mode, allowed_tools, max_turns, stall_s.',
    provisionTimeoutMs: 120_000,
    capabilities: { session: true, model: true, streaming: true },
    requiredEnv: [['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN']],
    providers: ['anthropic'],
  },
  {
    id: 'codex',
    program: 'codex',
    displayName: 'Codex',
    config: CodexConfig,
    configHint: 'Leave it out, or name command, args, env, sandbox, base_url, stall_s.',
    provisionTimeoutMs: 120_000,
    capabilities: { session: true, model: true, streaming: true },
    requiredEnv: [['OPENAI_API_KEY', 'CODEX_API_KEY']],
    providers: ['openai'],
  },
  {
    id: 'gemini-cli',
    program: 'gemini',
    displayName: 'Gemini CLI',
    config: AcpPresetConfig,
    configHint: acpHint,
    provisionTimeoutMs: 120_000,
    capabilities: { session: true, model: true, streaming: true },
    requiredEnv: [['GEMINI_API_KEY', 'GOOGLE_API_KEY']],
    providers: ['google', 'google_genai', 'gemini'],
  },
  {
    id: 'opencode',
    program: 'opencode',
    displayName: 'OpenCode',
    config: AcpPresetConfig,
    configHint: acpHint,
    provisionTimeoutMs: 120_000,
    capabilities: { session: true, model: true, streaming: true },
    requiredEnv: [],
  },
  {
    id: 'openclaw',
    program: 'openclaw',
    displayName: 'OpenClaw',
    config: AcpPresetConfig,
    configHint: acpHint,
    provisionTimeoutMs: 300_000,
    capabilities: { session: true, model: false, streaming: true },
    requiredEnv: [],
  },
  {
    id: 'acp',
    displayName: 'Agent Client Protocol',
    config: AcpConfig,
    configHint: `It needs {"command": "<program>"} which speaks the protocol on its standard input and output. ${acpHint}`,
    provisionTimeoutMs: 120_000,
    capabilities: { session: true, model: false, streaming: true },
    requiredEnv: [],
  },
  {
    id: 'langgraph',
    displayName: 'LangGraph',
    config: LanggraphConfig,
    configHint: graphHint,
    provisionTimeoutMs: 120_000,
    capabilities: { session: true, model: true, streaming: true },
    requiredEnv: [],
  },
  {
    id: 'deepagents',
    displayName: 'Deep Agents',
    config: LanggraphConfig,
    configHint: graphHint,
    provisionTimeoutMs: 120_000,
    capabilities: { session: true, model: true, streaming: true },
    requiredEnv: [],
  },
  {
    id: 'a2a',
    displayName: 'A2A agent',
    config: A2aConfig,
    configHint:
      'It needs {"command": "<program>"} which serves A2A at the port in PORT; args, env, start_timeout_s and stall_s may be named too.',
    isServed: true,
    provisionTimeoutMs: 300_000,
    capabilities: { session: true, model: false, streaming: true },
    requiredEnv: [],
  },
  {
    id: 'hermes',
    displayName: 'Hermes',
    config: HermesConfig,
    configHint:
      'Leave it out for a gateway at its usual place, or name base_url, command, args, env, start_timeout_s, stall_s.',
    isServed: true,
    // A cold start of it may take minutes.
    provisionTimeoutMs: 900_000,
    capabilities: { session: true, model: true, streaming: true },
    requiredEnv: [],
  },
  {
    id: 'external',
    displayName: 'External',
    config: z.strictObject({}),
    configHint: 'Leave it out: an agent that runs elsewhere is configured where it runs.',
    provisionTimeoutMs: 60_000,
    capabilities: { session: false, model: false, streaming: false },
    requiredEnv: [],
  },
]

/** The model of a workspace that names none; never empty. */
export const defaultModel = (runtime: string): string =>
  runtime === 'claude-code' ? 'sonnet' : UNIVERSAL_MODEL

/** Frameworks whose agents are A2A servers of their own. Templates name them as runtimes. */
const servedByA2a = ['crewai', 'autogen', 'google-adk', 'smolagents']

const idOf = (name: string) => (servedByA2a.includes(name) ? 'a2a' : name)

/** What may stand before the colon of a model's name and says whose it is; anything else is part of the name. */
const knownProviders = [
  'anthropic',
  'openai',
  'google',
  'google_genai',
  'gemini',
  'groq',
  'cerebras',
  'mistral',
  'openrouter',
  'deepseek',
  'ollama',
]

/** Throws for a model that somebody chose and the runtime cannot run. */
export function checkModel({ id, providers }: Runtime, model: string): void {
  const [provider = ''] = model.split(':')
  const isOthers =
    model.includes(':') && knownProviders.includes(provider) && !providers?.includes(provider)
  if (!providers || !isOthers) return
  const message = `the runtime "${id}" cannot run "${model}": it is a model of ${provider}`
  throw new DomainError('invalid', message, {
    hint: `Name one of ${providers.join(' or ')}, or leave it out.`,
    fields: [{ path: 'model', message }],
  })
}

export function runtimeNamed(name: string): Runtime {
  const id = idOf(name)
  const runtime = runtimes.find((candidate) => candidate.id === id)
  if (runtime) return runtime
  const known = runtimes.map((each) => each.id)
  throw new DomainError('unknown_runtime', `no runtime is called "${name}"`, {
    hint: `Use one of: ${known.join(', ')}.`,
    extra: { allowed: known },
  })
}

type HasProgram = (name: string) => Promise<boolean>

/** Every runtime there is, as it is told; with whether its program is there, where that can be looked at. */
export const listRuntimes = (hasProgram?: HasProgram): Promise<RuntimeWire[]> =>
  Promise.all(runtimes.map((runtime) => toWire(runtime, hasProgram)))

const toWire = async (runtime: Runtime, hasProgram?: HasProgram): Promise<RuntimeWire> => {
  const { program } = runtime
  return {
    id: runtime.id,
    display_name: runtime.displayName,
    default_model: defaultModel(runtime.id),
    ...(runtime.providers && { providers: [...runtime.providers] }),
    provision_timeout_s: runtime.provisionTimeoutMs / 1000,
    capabilities: runtime.capabilities,
    required_env: [...runtime.requiredEnv],
    required_config: requiredConfig(runtime),
    program: program ?? null,
    installed: program && hasProgram ? await hasProgram(program) : null,
  }
}

/** What its schema misses of an empty configuration. */
const requiredConfig = ({ config }: Runtime): string[] =>
  config.safeParse({}).error?.issues.map(({ path }) => path.join('.')) ?? []
