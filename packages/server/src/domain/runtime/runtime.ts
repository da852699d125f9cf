import type { RuntimeCapabilities, Runtime as RuntimeWire } from '@molecule/contract/runtime'
import { ClaudeCodeConfig, CodexConfig } from '@molecule/contract/runtime-config'
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
}

const UNIVERSAL_MODEL = 'anthropic:claude-opus-4-7'

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
    displayName: 'Claude Code',
    config: ClaudeCodeConfig,
    configHint:
      'Leave it out, or name command, args, env, permission_mode, allowed_tools, max_turns, stall_s.',
    provisionTimeoutMs: 120_000,
    capabilities: { session: true, model: true, streaming: true },
    requiredEnv: [['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN']],
  },
  {
    id: 'codex',
    displayName: 'Codex',
    config: CodexConfig,
    configHint: 'Leave it out, or name command, args, env, sandbox, base_url, stall_s.',
    provisionTimeoutMs: 120_000,
    capabilities: { session: true, model: true, streaming: true },
    requiredEnv: [['OPENAI_API_KEY', 'CODEX_API_KEY']],
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

export function runtimeNamed(id: string): Runtime {
  const runtime = runtimes.find((candidate) => candidate.id === id)
  if (runtime) return runtime
  const known = runtimes.map((each) => each.id)
  throw new DomainError('unknown_runtime', `no runtime is called "${id}"`, {
    hint: `Use one of: ${known.join(', ')}.`,
    extra: { allowed: known },
  })
}

/** Every runtime there is, as it is told. */
export const listRuntimes = (): RuntimeWire[] =>
  runtimes.map((runtime) => ({
    id: runtime.id,
    display_name: runtime.displayName,
    default_model: defaultModel(runtime.id),
    provision_timeout_s: runtime.provisionTimeoutMs / 1000,
    capabilities: runtime.capabilities,
    required_env: [...runtime.requiredEnv],
  }))
