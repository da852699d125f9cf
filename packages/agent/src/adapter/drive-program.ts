import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Reason } from '@molecule/contract/workspace'
import type { AdapterSettings, AdapterTask, Sink } from '../adapter.ts'
import { untilAborted } from '../until-aborted.ts'
import { marksOf } from './command.ts'
import { spawnFault } from './command-config.ts'
import { endProcesses, pidOf } from './end-processes.ts'
import { type Exit, notStopped } from './exit-reason.ts'
import { drain, readText, textTail } from './program-output.ts'

const stderrTailUnits = 8_000
/** A line longer than any event of these programs is let go. */
const longestLine = 32 * 1024 * 1024

export type Message = Readonly<Record<string, unknown>>

/** The way to a program that speaks JSON, a document per line. */
export type Line = {
  say(message: object): void
  /** All that was wanted of it has been said. */
  end(): void
}

/** Our side of the talk. */
export type Talk = {
  /** The program listens. */
  begin(): void
  hear(message: Message): void
  /** While one of its tools runs, its model has no reason to speak. */
  isToolRunning(): boolean
  /** Asks it to end its work by itself, so that it keeps what was said; nothing if it knows no such thing. */
  interrupt?(): void
}

export type Drive = {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly settings: AdapterSettings
  readonly task: AdapterTask
  readonly sink: Sink
  readonly signal: AbortSignal
  /** How long it may say nothing while no tool runs. */
  readonly stallS: number
}

export type Driven =
  | { readonly fault: Reason }
  | { readonly exit: Exit; readonly stderr: string; readonly isStalled: boolean }

/** Starts a program, talks with it until one side is done, and answers when nothing of it runs any more. */
export async function driveProgram(drive: Drive, talkOver: (line: Line) => Talk): Promise<Driven> {
  const { command, args, env, settings } = drive
  try {
    const program = spawn(command, [...args], { cwd: settings.workDir, env, detached: true })
    program.on('error', () => {})
    await once(program, 'spawn')
    return await attend(program, drive, talkOver)
  } catch (error) {
    return { fault: spawnFault(command, error) }
  }
}

async function attend(
  program: ChildProcessWithoutNullStreams,
  { command, task, settings, sink, signal, stallS }: Drive,
  talkOver: (line: Line) => Talk,
): Promise<Driven> {
  const exited = new Promise<Exit>((resolve) => {
    program.once('exit', (code, by) => resolve({ code, signal: by }))
  })
  const heard = listen(program, sink, talkOver)
  const watch = new AbortController()
  const stalled = silence(heard, { limitMs: stallS * 1000, signal: watch.signal })
  const first = await Promise.race([heard.finished, exited, untilAborted(signal), stalled])
  watch.abort()
  if (signal.aborted && heard.interrupt())
    await Promise.race([heard.finished, exited, soon(settings)])
  program.stdin.end()
  if (first === DONE)
    await Promise.race([exited, sleep(settings.killGraceMs, undefined, { ref: false })])
  const isGone = await endProcesses({
    marks: marksOf(task.taskId, task.attempt),
    leader: () => pidOf(program),
    graceMs: settings.killGraceMs,
  })
  await drain([program.stdout, program.stderr], heard.read)
  if (!isGone) return { fault: notStopped(command) }
  return { exit: await exited, stderr: heard.stderr(), isStalled: first === STALLED }
}

/** For its last words; most of the time there is belongs to its processes. */
const soon = ({ killGraceMs }: AdapterSettings) => sleep(killGraceMs / 4, undefined, { ref: false })

const DONE = 'done'
const STALLED = 'stalled'

function listen(
  program: ChildProcessWithoutNullStreams,
  sink: Sink,
  talkOver: (line: Line) => Talk,
) {
  const stderr = textTail(stderrTailUnits)
  let heardAt = performance.now()
  let finish = () => {}
  const finished = new Promise<typeof DONE>((resolve) => {
    finish = () => resolve(DONE)
  })
  program.stdin.on('error', () => {})
  const talk = talkOver({
    say: (message) => void program.stdin.write(`${JSON.stringify(message)}\n`),
    end: finish,
  })
  const lines = linesOf((line) => {
    const message = documentIn(line)
    if (!message) return
    heardAt = performance.now()
    sink.progressed()
    talk.hear(message)
  })
  const read = Promise.all([
    readText(program.stdout, lines),
    readText(program.stderr, (text) => {
      stderr.add(text)
      sink.output('stderr', text)
    }),
  ])
  talk.begin()
  const lastHeard = () => ({ at: heardAt, isToolRunning: talk.isToolRunning() })
  const interrupt = () => {
    talk.interrupt?.()
    return talk.interrupt !== undefined
  }
  return { finished, read, stderr: stderr.get, lastHeard, interrupt }
}

/** A program may print what it likes beside its documents. */
function documentIn(line: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Message) : undefined
  } catch {
    return undefined
  }
}

/** Hands on whole lines. */
function linesOf(onLine: (line: string) => void) {
  let begun = ''
  return (text: string) => {
    const lines = (begun + text).split('\n')
    begun = lines.pop() ?? ''
    if (begun.length > longestLine) begun = ''
    for (const line of lines) if (line !== '') onLine(line)
  }
}

type Watched = { readonly lastHeard: () => { at: number; isToolRunning: boolean } }

/** Resolves once nothing was heard for too long; while a tool runs its time stands still. */
async function silence(
  { lastHeard }: Watched,
  { limitMs, signal }: { limitMs: number; signal: AbortSignal },
): Promise<typeof STALLED | undefined> {
  while (!signal.aborted) {
    const { at, isToolRunning } = lastHeard()
    const leftMs = isToolRunning ? limitMs : at + limitMs - performance.now()
    if (leftMs <= 0) return STALLED
    await sleep(leftMs, undefined, { signal }).catch(() => {})
  }
  return undefined
}

/** Of a program whose model has fallen silent. */
export const fellSilent = (seconds: number) =>
  ({
    outcome: 'failed',
    reason: {
      code: 'model_silent',
      detail: `The model has said nothing for ${seconds} s while no tool was running.`,
      hint: 'Look at the model and its address; if it is only slow, raise stall_s in the runtime_config.',
    },
    failure: 'transient',
  }) as const
