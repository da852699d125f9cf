import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { type BridgeEnd, type BridgeOptions, runBridge } from '@molecule/agent/bridge'
import {
  AcpConfig,
  AcpPresetConfig,
  ClaudeCodeConfig,
  CodexConfig,
  HermesConfig,
} from '@molecule/contract/runtime-config'
import { CommandConfig } from '@molecule/contract/workspace'
import { nodeFetch } from '@molecule/sdk/node-fetch'
import type { Command } from 'commander'
import { wholeNumber } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import { CliError, usageError } from '../cli-error.ts'
import { type Environment, given } from '../environment.ts'
import { exitCode } from '../exit-code.ts'
import { workspaceInPlay, workspaceToken } from '../workspace-credential.ts'

type Options = {
  workspace?: string
  dir?: string
  model?: string
  config?: string
  state?: string
  concurrency?: number
  once?: boolean
  retry: boolean
}

type Checked =
  | { success: true; data: Record<string, unknown> }
  | { success: false; error: { issues: readonly { path: PropertyKey[]; message: string }[] } }

type Program = { runtime: string; schema: { safeParse(told: unknown): Checked } }

/** By the names that people call them by. */
const programs: Record<string, Program> = {
  claude: { runtime: 'claude-code', schema: ClaudeCodeConfig },
  codex: { runtime: 'codex', schema: CodexConfig },
  gemini: { runtime: 'gemini-cli', schema: AcpPresetConfig },
  opencode: { runtime: 'opencode', schema: AcpPresetConfig },
  hermes: { runtime: 'hermes', schema: HermesConfig },
  acp: { runtime: 'acp', schema: AcpConfig },
  command: { runtime: 'command', schema: CommandConfig },
}

const names = Object.keys(programs)

export function bridge(command: Command, cli: Cli) {
  command
    .argument('<program>', `what does the work: ${names.join(', ')}`)
    .argument('[command...]', 'with `command` and `acp`: the program and its arguments, after --')
    .option('--workspace <ws>', 'whose work it is (default: WORKSPACE_ID, else that of the token)')
    .option('--dir <dir>', 'folder that it works in', '.')
    .option('--model <model>', 'model to use (default: the one the program is set up with)')
    .option('--config <json>', 'further settings, as in the runtime_config of a workspace')
    .option('--concurrency <n>', 'tasks at once', wholeNumber, 1)
    .option('--once', 'end once one task is done')
    .option('--no-retry', 'what a kill or a stop interrupts fails, instead of being tried again')
    .option('--state <dir>', 'folder that keeps threads and unfinished work over restarts')
    .addHelpText(
      'after',
      '\nExamples:\n  molecule bridge claude --workspace Scout\n  molecule bridge command --workspace Scout -- ./agent.sh\n\nIt dials out alone, and needs the token of the workspace: MOLECULE_WORKSPACE_TOKEN.',
    )
    .action(async (program: string, words: string[], options: Options) => {
      const { out, signal } = cli
      const wanted = await bridgeOptions(cli, { program, words, options })
      out.note(`Working for ${wanted.workspaceId} in ${wanted.workDir}; Ctrl-C ends it.`)
      tellEnd(cli, wanted, await runBridge(wanted, signal))
    })
}

type Asked = { program: string; words: string[]; options: Options }

async function bridgeOptions(cli: Cli, { program, words, options }: Asked): Promise<BridgeOptions> {
  const known = Object.hasOwn(programs, program) ? programs[program] : undefined
  if (!known)
    throw usageError(`No program is called "${program}".`, `Use one of: ${names.join(', ')}.`)
  const token = workspaceToken(cli)
  const { url } = cli.connection()
  const workspaceId = await workspaceInPlay(cli, { url, token, named: options.workspace })
  return {
    ...{ url, token, workspaceId, runtime: known.runtime },
    runtimeConfig: configOf(known, { program, words, options }),
    model: options.model,
    workDir: resolve(options.dir ?? '.'),
    stateDir: resolve(options.state ?? stateDirOf(cli.env, workspaceId)),
    maxAtOnce: options.concurrency ?? 1,
    isOnce: options.once === true,
    isRetried: options.retry,
    env: programEnv(cli.env),
    fetch: nodeFetch(),
    log: (level, message, fields = {}) => {
      if (level !== 'info' || message === 'attempt over')
        cli.out.note(`${message}${reasonIn(fields)}`)
    },
  }
}

const reasonIn = ({ error, outcome }: Record<string, unknown>) => {
  if (typeof outcome === 'string') return `: ${outcome}`
  return error instanceof Error ? `: ${error.message}` : ''
}

function configOf({ schema }: Program, { program, words, options }: Asked) {
  const [command, ...args] = words
  const told = { ...jsonOf(options.config), ...(command === undefined ? {} : { command, args }) }
  const parsed = schema.safeParse(told)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw usageError(
    `What is asked of ${program} does not fit: ${issue?.path.join('.') || 'it'}: ${issue?.message}`,
    program === 'command' || program === 'acp'
      ? `Name the program after --, as in: molecule bridge ${program} -- ./agent.sh`
      : 'See the guide of runtimes for the keys of --config.',
  )
}

function jsonOf(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {}
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch (error) {
    throw usageError(
      `--config is no JSON: ${error instanceof Error ? error.message : error}`,
      `Quote it for the shell, as in: --config '{"permission_mode": "acceptEdits"}'`,
    )
  }
}

/** Short, since a socket lies in it. */
const stateDirOf = (env: Environment, workspaceId: string) =>
  join(
    given(env.XDG_STATE_HOME) ?? join(given(env.HOME) ?? homedir(), '.local', 'state'),
    'molecule',
    createHash('sha256').update(workspaceId).digest('hex').slice(0, 16),
  )

/** Of the person who runs it, without the credential: programs get that from a file. */
function programEnv(env: Environment): Record<string, string> {
  const { MOLECULE_TOKEN: _, MOLECULE_WORKSPACE_TOKEN: __, ...own } = env
  return Object.fromEntries(
    Object.entries(own).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

function tellEnd(cli: Cli, options: BridgeOptions, ended: BridgeEnd): void {
  if (ended.end !== 'stopped') throw endError(options, ended)
  cli.out.note('Ended. What it did not take up waits for whoever comes next.')
}

function endError({ stateDir }: BridgeOptions, { end, reason }: BridgeEnd): CliError {
  switch (end) {
    case 'taken':
      return new CliError('Another bridge works for this workspace already.', {
        exitCode: exitCode.conflict,
        hint: `End it first, or give this one a folder of its own: --state (it uses ${stateDir}).`,
      })
    case 'refused':
      return new CliError(
        `The server does not take the token: ${reason?.detail ?? 'it is refused'}.`,
        {
          exitCode: exitCode.refused,
          hint: 'If it was rotated, take the new one from *Access* in the canvas: what is not told yet is told by the next start.',
        },
      )
    case 'unusable':
      return new CliError(reason?.detail ?? 'The program cannot be used here.', {
        exitCode: exitCode.failed,
        ...(reason?.hint === undefined ? {} : { hint: reason.hint }),
      })
    default:
      return new CliError('Another agent took over the work of this workspace.', {
        exitCode: exitCode.conflict,
        hint: 'Only one agent works for a workspace at a time.',
      })
  }
}
