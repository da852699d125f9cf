import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Reason } from '@molecule/contract/workspace'
import type {
  AdapterResult,
  AdapterSettings,
  AdapterTask,
  RuntimeAdapter,
  Sink,
} from '../../adapter.ts'
import { systemPrompt } from '../../prompt.ts'
import { marksOf } from '../command.ts'
import { commandFault, spawnFault } from '../command-config.ts'
import { endProcesses } from '../end-processes.ts'
import { exitReason, notStopped } from '../exit-reason.ts'
import { readText, textTail } from '../program-output.ts'
import { claudeConfig } from './config.ts'
import { type ClaudeEvent, type ClaudeResult, eventsIn } from './events.ts'
import { failureOf } from './failures.ts'
import { type Session, type Sessions, sessions } from './sessions.ts'

/** What this was tested with. Another version may speak otherwise. */
export const testedWith = '2.1.330'
const versionLimitMs = 10_000
const stderrTailUnits = 8_000
/** How often the program asks its model again by itself; more would hide a bad key for minutes. */
const apiRetries = 2

/**
 * Claude Code as it is driven by programs: one process per task, which reads the task and writes events as JSON lines, in the session of
 * its thread. Permissions that its configuration does not give are denied with the reason, as nobody is there to be asked.
 */
export function claudeCodeAdapter(settings: AdapterSettings): RuntimeAdapter {
  const config = claudeConfig(settings.runtimeConfig)
  const path = [settings.binDir, config.env.PATH ?? settings.env.PATH].filter(Boolean).join(':')
  const threads = sessions(settings.sessionDir)
  const fault = () => claudeFault({ command: config.command, path, workDir: settings.workDir })
  return {
    fault,
    run: (task, sink, signal) =>
      threads.inTurn(task.contextId, async () => {
        const found = await threads.of(task.contextId)
        const of = { config, path, settings, task, sink, signal, threads }
        const end = await oneRun({ ...of, session: found })
        if (!isForgotten(end)) return end.result
        // The program does not know the session any more: begin anew rather than fail for ever.
        await threads.lost(task.contextId)
        const again = await oneRun({ ...of, session: await threads.of(task.contextId) })
        return again.result
      }),
  }
}

type Config = ReturnType<typeof claudeConfig>
type Run = {
  readonly config: Config
  readonly path: string
  readonly settings: AdapterSettings
  readonly task: AdapterTask
  readonly sink: Sink
  readonly signal: AbortSignal
  readonly threads: Sessions
  readonly session: Session
}

type End = { readonly result: AdapterResult; readonly stderr: string; readonly hasBegun: boolean }

/** `--resume` of a session that is gone prints one line and ends. */
const isForgotten = ({ stderr, hasBegun }: End) =>
  !hasBegun && /no conversation found|session id .* is already in use/i.test(stderr)

async function claudeFault(place: {
  command: string
  path: string
  workDir: string
}): Promise<Reason | undefined> {
  const reason = await commandFault(place)
  if (reason?.code === 'command_not_found') return notInstalled(reason)
  if (reason) return reason
  try {
    await promisify(execFile)(place.command, ['--version'], {
      cwd: place.workDir,
      env: { PATH: place.path },
      timeout: versionLimitMs,
    })
    return undefined
  } catch (error) {
    return {
      code: 'runtime_broken',
      detail: `\`${place.command} --version\` fails: ${error instanceof Error ? error.message : error}`,
      hint: `Install it again: npm install -g @anthropic-ai/claude-code@${testedWith}, with its install scripts.`,
    }
  }
}

const notInstalled = ({ detail }: Reason): Reason => ({
  code: 'runtime_missing',
  detail: `Claude Code is not installed here. ${detail}`,
  hint: `Install it (npm install -g @anthropic-ai/claude-code), or name its place as \`command\` in the runtime_config, then restart the workspace. It was tested with ${testedWith}.`,
})

async function argumentsOf({ config, settings, session }: Run): Promise<string[]> {
  const prompt = await systemPrompt(settings.configDir, settings.agent)
  return [
    ...config.args,
    ...['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose'],
    '--include-partial-messages',
    ...['--permission-prompt-tool', 'stdio', '--permission-mode', config.permission_mode],
    ...(config.allowed_tools.length > 0 ? ['--allowedTools', config.allowed_tools.join(',')] : []),
    ...(config.max_turns === undefined ? [] : ['--max-turns', String(config.max_turns)]),
    ...['--mcp-config', await writeMcpConfig(settings), '--strict-mcp-config'],
    ...['--model', settings.model, '--append-system-prompt', prompt],
    ...(session.isBegun ? ['--resume', session.id] : ['--session-id', session.id]),
  ]
}

/** The tools of the organization, by the token of the workspace: in a file for its owner alone, never in an argument. */
async function writeMcpConfig({ hostDir, platformUrl, workspaceId, tokenFile }: AdapterSettings) {
  const token = (await readFile(tokenFile, 'utf8')).trim()
  const file = join(hostDir, 'mcp.json')
  const molecule = {
    type: 'http',
    url: `${platformUrl()}/workspaces/${workspaceId}/mcp`,
    headers: { Authorization: `Bearer ${token}` },
  }
  await writeFile(file, JSON.stringify({ mcpServers: { molecule } }), { mode: 0o600 })
  return file
}

function environmentOf({ config, path, settings, task }: Run): Record<string, string> {
  const isRoot = process.getuid?.() === 0
  return {
    ...settings.env,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    ENABLE_TOOL_SEARCH: 'false',
    CLAUDE_CODE_MAX_RETRIES: String(apiRetries),
    // A request that gets no answer at all ends by itself before we end it.
    API_TIMEOUT_MS: String(config.stall_s * 500),
    CLAUDE_CONFIG_DIR: join(settings.sessionDir, 'claude'),
    ...(isRoot && config.permission_mode === 'bypassPermissions' ? { IS_SANDBOX: '1' } : {}),
    ...config.env,
    ...settings.secrets,
    PATH: path,
    ...settings.fixedEnv,
    WORKSPACE_ID: settings.workspaceId,
    PLATFORM_URL: settings.platformUrl(),
    TASK_ID: task.taskId,
    TASK_ATTEMPT: String(task.attempt),
  }
}

async function oneRun(run: Run): Promise<End> {
  const { config, settings, signal } = run
  const nothing = { stderr: '', hasBegun: false }
  if (signal.aborted) return { ...nothing, result: interrupted }
  let program: ChildProcessWithoutNullStreams
  try {
    program = spawn(config.command, await argumentsOf(run), {
      cwd: settings.workDir,
      env: environmentOf(run),
      detached: true,
    })
    program.on('error', () => {})
    await new Promise<void>((resolve, reject) => {
      program.once('spawn', resolve)
      program.once('error', reject)
    })
  } catch (error) {
    return { ...nothing, result: { outcome: 'failed', reason: spawnFault(config.command, error) } }
  }
  return attend(program, run)
}

/** Whoever aborts has no interest in it. */
const interrupted: AdapterResult = {
  outcome: 'failed',
  reason: { code: 'interrupted', detail: 'It was ended.', hint: 'Ask again.' },
}

type Line = Record<string, unknown>

const taskLine = (text: string): Line => ({
  type: 'user',
  message: { role: 'user', content: text },
  parent_tool_use_id: null,
  session_id: '',
})

const denial = (requestId: string, tool: string): Line => ({
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

async function attend(program: ChildProcessWithoutNullStreams, run: Run): Promise<End> {
  const { config, task, settings, signal } = run
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    program.once('exit', (code, by) => resolve({ code, signal: by }))
  })
  const told = listen(program, run)
  program.stdin.on('error', () => {})
  program.stdin.write(`${JSON.stringify(taskLine(task.text))}\n`)
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  const watch = new AbortController()
  const stalled = silence(told, { limitMs: config.stall_s * 1000, signal: watch.signal })
  const isStalled = (await Promise.race([told.finished, exited, aborted, stalled])) === STALLED
  watch.abort()
  program.stdin.end()
  if (!signal.aborted && told.result()) await Promise.race([exited, patience(settings.killGraceMs)])
  const isGone = await endProcesses({
    marks: marksOf(task.taskId, task.attempt),
    leader: () =>
      program.exitCode === null && program.signalCode === null ? program.pid : undefined,
    graceMs: settings.killGraceMs,
  })
  program.stdout.destroy()
  program.stderr.destroy()
  await told.read
  const rest = { stderr: told.stderr(), hasBegun: told.hasBegun() }
  if (isStalled) return { ...rest, result: fellSilent(config.stall_s) }
  if (!isGone) return { ...rest, result: { outcome: 'failed', reason: notStopped(config.command) } }
  const result = told.result()
  if (result) return { ...rest, result: result.isError ? failureOf(result) : answer(result) }
  const reason = exitReason(config.command, await exited, told.stderr())
  return { ...rest, result: { outcome: 'failed', reason, failure: 'transient' } }
}

const STALLED = 'stalled'

const fellSilent = (seconds: number): AdapterResult => ({
  outcome: 'failed',
  reason: {
    code: 'model_silent',
    detail: `The model has said nothing for ${seconds} s while no tool was running.`,
    hint: 'Look at the model and its address (ANTHROPIC_BASE_URL); if it is only slow, raise stall_s in the runtime_config.',
  },
  failure: 'transient',
})

type Watched = { readonly heard: () => { at: number; isToolRunning: boolean } }

/** Resolves once the model has been silent for too long; while a tool runs its time stands still. */
async function silence(
  { heard }: Watched,
  { limitMs, signal }: { limitMs: number; signal: AbortSignal },
): Promise<typeof STALLED | undefined> {
  while (!signal.aborted) {
    const { at, isToolRunning } = heard()
    const leftMs = isToolRunning ? limitMs : at + limitMs - performance.now()
    if (leftMs <= 0) return STALLED
    await sleep(leftMs, undefined, { signal }).catch(() => {})
  }
  return undefined
}

const answer = ({ text }: ClaudeResult): AdapterResult => ({ outcome: 'completed', result: text })

const patience = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms).unref()
  })

/** Reads its events until it has said the result of this task. */
function listen(program: ChildProcessWithoutNullStreams, { task, sink, session, threads }: Run) {
  const stderr = textTail(stderrTailUnits)
  let result: ClaudeResult | undefined
  let hasBegun = false
  let heardAt = performance.now()
  let isToolRunning = false
  let finish = () => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })
  const on = (event: ClaudeEvent) => {
    sink.progressed()
    heardAt = performance.now()
    isToolRunning = event.kind === 'tool' || (isToolRunning && event.kind === 'speaks')
    switch (event.kind) {
      case 'begun':
        hasBegun = true
        void threads.begun(task.contextId, session)
        for (const { name, status } of event.servers)
          if (status === 'failed')
            sink.output('stderr', `The MCP server ${name} cannot be reached.\n`)
        return
      case 'text':
        return sink.output('stdout', `${event.text}\n`)
      case 'tool':
        return sink.output('stderr', `${event.name} ${shortly(event.input)}\n`)
      case 'retries':
        return sink.output('stderr', `The model is asked again (${event.status ?? 'no answer'}).\n`)
      case 'asks':
        program.stdin.write(`${JSON.stringify(denial(event.requestId, event.tool))}\n`)
        return sink.output('stderr', `${event.tool} is not allowed here, and was denied.\n`)
      case 'result':
        result = event
        sink.output('stderr', `${usageText(event)}\n`)
        finish()
    }
  }
  const lines = linesOf((line) => {
    for (const event of eventsIn(line)) on(event)
  })
  const read = Promise.all([
    readText(program.stdout, lines),
    readText(program.stderr, (text) => {
      stderr.add(text)
      sink.output('stderr', text)
    }),
  ])
  return {
    finished,
    read,
    result: () => result,
    stderr: stderr.get,
    hasBegun: () => hasBegun,
    heard: () => ({ at: heardAt, isToolRunning }),
  }
}

const shortly = (input: unknown) => JSON.stringify(input ?? {}).slice(0, 300)

const usageText = ({ usage, costUsd }: ClaudeResult) =>
  `${usage?.input ?? 0} tokens read, ${usage?.output ?? 0} written${costUsd === undefined ? '' : `, $${costUsd.toFixed(4)}`}`

/** Hands on whole lines; a line longer than any event of the program is let go. */
function linesOf(onLine: (line: string) => void) {
  const longest = 32 * 1024 * 1024
  let begun = ''
  return (text: string) => {
    const lines = (begun + text).split('\n')
    begun = lines.pop() ?? ''
    if (begun.length > longest) begun = ''
    for (const line of lines) if (line !== '') onLine(line)
  }
}
