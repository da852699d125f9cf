import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AdapterResult, AdapterSettings, RuntimeAdapter } from '../../adapter.ts'
import { systemPrompt } from '../../prompt/system-prompt.ts'
import { environmentFor, organizationTools } from '../cli-environment.ts'
import { type CliRun, cliAdapter, endOf } from '../cli-run.ts'
import { driveProgram, type Line, type Talk } from '../drive-program.ts'
import { toolUses } from '../tool-uses.ts'
import { claudeConfig } from './config.ts'
import { type ClaudeEvent, type ClaudeResult, eventsIn } from './events.ts'
import { failureOf } from './failures.ts'

/** What this was tested with. Another version may speak otherwise. */
export const testedWith = '2.1.330'
/** How often the program asks its model again by itself; more would hide a bad key for minutes. */
const apiRetries = 2

/**
 * Claude Code as it is driven by programs: one process per task, which reads the task and writes events as JSON lines, in the session of
 * its thread. Permissions that its configuration does not give are denied with the reason, as nobody is there to be asked.
 */
export function claudeCodeAdapter(settings: AdapterSettings): RuntimeAdapter {
  const program = {
    ...{ title: 'Claude Code', npmName: '@anthropic-ai/claude-code' },
    ...{ testedWith, worksFrom: '2.1.197' },
  }
  const config = claudeConfig(settings.runtimeConfig)
  return cliAdapter({ settings, config, program, threadsFile: 'claude-sessions.json', oneRun })
}

type Run = CliRun<ReturnType<typeof claudeConfig>>

/** What `--resume` of a session that is gone prints, before it ends. */
const isForgotten = (stderr: string) => /no conversation found/i.test(stderr)

async function oneRun(run: Run): Promise<AdapterResult | 'forgotten'> {
  const { config, settings, task, session } = run
  const id = session ?? randomUUID()
  let result: ClaudeResult | undefined
  let limitUntil: Date | undefined
  const promptFile = await writePrompt(settings)
  const driven = await driveProgram(
    {
      ...run,
      command: config.command,
      args: [
        ...(await argumentsOf(run, promptFile)),
        ...(session === undefined ? ['--session-id', id] : ['--resume', id]),
      ],
      env: environmentFor(settings, task, { usual: usualEnv(run), own: config.env }),
      stallS: config.stall_s,
    },
    (line) =>
      talkOver(line, run, {
        onBegun: () => void run.known.keep(task.contextId, id),
        onResult: (found) => {
          result = found
        },
        onLimit: (until) => {
          limitUntil = until
        },
      }),
  ).finally(() => rm(promptFile, { force: true }))
  return endOf(driven, config, (stderr) => {
    if (session !== undefined && isForgotten(stderr)) return 'forgotten'
    if (result) return result.isError ? failureOf(result, limitUntil) : answer(result)
    return undefined
  })
}

const answer = ({ text }: ClaudeResult): AdapterResult => ({ outcome: 'completed', result: text })

async function argumentsOf({ config, settings }: Run, promptFile: string): Promise<string[]> {
  return [
    ...config.args,
    ...['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    '--include-partial-messages',
    // A question of its own to people would wait for an answer that nobody gives.
    ...['--disallowedTools', 'AskUserQuestion', '--add-dir', settings.configDir],
    ...['--permission-prompt-tool', 'stdio', '--permission-mode', config.permission_mode],
    ...(config.allowed_tools.length > 0 ? ['--allowedTools', config.allowed_tools.join(',')] : []),
    ...(config.max_turns === undefined ? [] : ['--max-turns', String(config.max_turns)]),
    ...['--mcp-config', await writeMcpConfig(settings), '--strict-mcp-config'],
    ...(settings.model === undefined ? [] : ['--model', modelOf(settings.model)]),
    ...['--append-system-prompt-file', promptFile],
  ]
}

/** The provider that the registry names before a model is understood by it. */
const modelOf = (model: string) => model.replace(/^anthropic:/, '')

/** In a file: an argument has a length that the system bounds. */
async function writePrompt(settings: AdapterSettings): Promise<string> {
  const file = join(settings.hostDir, `prompt-${randomUUID()}.md`)
  await writeFile(file, await systemPrompt(settings), { mode: 0o600 })
  return file
}

async function writeMcpConfig(settings: AdapterSettings): Promise<string> {
  const { url, token } = await organizationTools(settings)
  const file = join(settings.hostDir, 'mcp.json')
  const molecule = { type: 'http', url, headers: { Authorization: `Bearer ${token}` } }
  await writeFile(file, JSON.stringify({ mcpServers: { molecule } }), { mode: 0o600 })
  return file
}

function usualEnv({ config, settings }: Run): Record<string, string> {
  const isRoot = process.getuid?.() === 0
  return {
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    ENABLE_TOOL_SEARCH: 'false',
    // What it leaves running would be ended with its task, and nobody would hear of it.
    CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
    CLAUDE_CODE_MAX_RETRIES: String(apiRetries),
    // A request that gets no answer at all ends by itself before we end it.
    API_TIMEOUT_MS: String(config.stall_s * 500),
    ...(settings.isOfPerson ? {} : { CLAUDE_CONFIG_DIR: join(settings.sessionDir, 'claude') }),
    // What it writes for itself goes with its workspace, not into the temporary folder of the machine.
    CLAUDE_CODE_TMPDIR: settings.hostDir,
    ...(isRoot && config.permission_mode === 'bypassPermissions' ? { IS_SANDBOX: '1' } : {}),
  }
}

const taskLine = (text: string) => ({
  type: 'user',
  message: { role: 'user', content: text },
  parent_tool_use_id: null,
  session_id: '',
})

const interruption = {
  type: 'control_request',
  request_id: 'interrupt',
  request: { subtype: 'interrupt' },
}

const denial = (requestId: string, tool: string) => ({
  type: 'control_response',
  response: {
    subtype: 'success',
    request_id: requestId,
    response: {
      behavior: 'deny',
      message: `${tool} is not allowed in this workspace, and nobody is there to be asked. It may be allowed with allowed_tools or permission_mode in its runtime_config.`,
    },
  },
})

type On = {
  onBegun: () => void
  onResult: (result: ClaudeResult) => void
  onLimit: (until: Date) => void
}

function talkOver(
  { say, end }: Line,
  { task, sink }: Run,
  { onBegun, onResult, onLimit }: On,
): Talk {
  const tools = toolUses(sink)
  /** Parts of a text that is not whole yet have been shown. */
  let isSpeaking = false
  const on = (event: ClaudeEvent) => {
    switch (event.kind) {
      case 'begun':
        onBegun()
        for (const name of unreachable(event))
          sink.output('stderr', `The MCP server ${name} cannot be reached.\n`)
        return
      case 'speaks':
        isSpeaking ||= event.text !== ''
        return sink.output('stdout', event.text)
      case 'text':
        sink.output('stdout', isSpeaking ? '\n' : `${event.text}\n`)
        isSpeaking = false
        return
      case 'tool':
        return tools.begin(event)
      case 'told':
        return tools.end(event)
      case 'retries':
        return sink.output('stderr', `The model is asked again (${event.status ?? 'no answer'}).\n`)
      case 'limit':
        return onLimit(new Date(event.resetsAt * 1000))
      case 'asks':
        say(denial(event.requestId, event.tool))
        return sink.output('stderr', `${event.tool} is not allowed here, and was denied.\n`)
      case 'result':
        onResult(event)
        sink.output('stderr', `${usageText(event)}\n`)
        end()
    }
  }
  return {
    begin: () => say(taskLine(task.text)),
    hear: (message) => {
      for (const event of eventsIn(message)) on(event)
    },
    isToolRunning: tools.isAnyRunning,
    interrupt: () => say(interruption),
  }
}

const unreachable = ({ servers }: Extract<ClaudeEvent, { kind: 'begun' }>) =>
  servers.filter(({ status }) => status === 'failed').map(({ name }) => name)

const usageText = ({ usage, costUsd }: ClaudeResult) =>
  `${usage?.input ?? 0} tokens read, ${usage?.output ?? 0} written${costUsd === undefined ? '' : `, $${costUsd.toFixed(4)}`}`
