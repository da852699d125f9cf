import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reason } from '@molecule/contract/workspace'
import type { AdapterSettings } from '../../adapter.ts'
import { pathFor, workspaceEnvironment } from '../cli-environment.ts'
import { commandFault, spawnFault } from '../command-config.ts'
import { endProcesses, pidOf } from '../end-processes.ts'
import { type Exit, exitReason } from '../exit-reason.ts'
import { readText, textTail } from '../program-output.ts'

const stderrTailUnits = 8_000
const askAgainMs = 200
/** What the processes of one server carry in their environment, and those of no other. */
const markName = 'MOLECULE_SERVED'

export type ServedConfig = {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** How long it may take until it answers. */
  readonly start_timeout_s: number
}

type Options = {
  readonly settings: AdapterSettings
  readonly config: ServedConfig
  /** Whether it answers at this address. */
  isReady(url: string, signal: AbortSignal): Promise<boolean>
}

export type Served =
  | {
      readonly url: string
      readonly pid: number
      readonly hasEnded: AbortSignal
      readonly stderr: () => string
    }
  | { readonly fault: Reason }

/**
 * A server of our own beside the tasks that it works on: started when it is first needed, on a free port of loopback which `PORT` and
 * `{{port}}` in its arguments name, and started again when it has ended. Whatever it leaves running is ended with it.
 */
export function servedProgram(options: Options) {
  const id = randomUUID()
  let present: Promise<Served> | undefined
  let child: Child | undefined

  const end = () =>
    endProcesses({
      marks: [`${markName}=${id}`],
      leader: () => child && pidOf(child),
      graceMs: options.settings.killGraceMs,
    })

  const start = async (): Promise<Served> => {
    const path = pathFor(options.settings, options.config.env)
    const { command } = options.config
    const fault = await commandFault({ command, path, workDir: options.settings.workDir })
    if (fault) return { fault }
    await end()
    const port = await freePort()
    try {
      child = await spawned(options, { port, id })
    } catch (error) {
      return { fault: spawnFault(command, error) }
    }
    child.once('exit', () => {
      present = undefined
    })
    const served = await untilReady(child, `http://127.0.0.1:${port}`, options)
    if ('fault' in served) await end()
    return served
  }

  return {
    /** The address of the one that runs, or why there is none. */
    async running(): Promise<Served> {
      present ??= start()
      const served = await present
      if ('fault' in served) present = undefined
      return served
    },
    async close() {
      const before = present
      present = undefined
      await before?.catch(() => {})
      await end()
    },
  }
}

type Child = ChildProcessWithoutNullStreams
type Place = { readonly port: number; readonly id: string }

async function spawned({ settings, config }: Options, { port, id }: Place): Promise<Child> {
  const env = {
    ...workspaceEnvironment(settings, { own: config.env }),
    ...{ HOST: '127.0.0.1', PORT: String(port), [markName]: id },
  }
  const args = config.args.map((arg) => arg.replaceAll('{{port}}', String(port)))
  const child = spawn(config.command, args, { cwd: settings.workDir, env, detached: true })
  // A failed spawn says so once; a signal that comes too late says so here.
  child.on('error', () => {})
  await once(child, 'spawn')
  child.stdin.end()
  return child
}

async function untilReady(
  child: Child,
  url: string,
  { config, isReady }: Options,
): Promise<Served> {
  const ended = new AbortController()
  const stderr = textTail(stderrTailUnits)
  void readText(child.stdout, stderr.add)
  void readText(child.stderr, stderr.add)
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }) as Exit)
  child.once('exit', () => ended.abort())
  const either = AbortSignal.any([ended.signal, AbortSignal.timeout(config.start_timeout_s * 1000)])
  while (!either.aborted) {
    if (await isReady(url, either).catch(() => false))
      return { url, pid: child.pid ?? 0, hasEnded: ended.signal, stderr: stderr.get }
    await sleep(askAgainMs, undefined, { signal: either }).catch(() => {})
  }
  return ended.signal.aborted
    ? { fault: exitReason(config.command, await exited, stderr.get()) }
    : { fault: notReady(config, stderr.get()) }
}

export type ServedProgram = ReturnType<typeof servedProgram>

/** Free now: the program that gets its number is started at once. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null)
    throw new Error('no port of loopback is free')
  return address.port
}

const notReady = ({ command, start_timeout_s }: ServedConfig, stderr: string): Reason => ({
  code: 'agent_not_ready',
  detail:
    `\`${command}\` runs, but did not answer within ${start_timeout_s} s. ${stderr.slice(-1000)}`.trim(),
  hint: 'It must listen on 127.0.0.1 at the port in PORT, or in its arguments as {{port}}. If it only takes long, raise start_timeout_s in the runtime_config.',
})
