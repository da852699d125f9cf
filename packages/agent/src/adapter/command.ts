import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { CommandConfig } from '@molecule/contract/workspace'
import type {
  AdapterResult,
  AdapterSettings,
  AdapterTask,
  RuntimeAdapter,
  Sink,
} from '../adapter.ts'
import { untilAborted } from '../until-aborted.ts'
import { environmentFor, pathFor } from './cli-environment.ts'
import { commandConfig, commandFault, spawnFault } from './command-config.ts'
import { endProcesses, pidOf } from './end-processes.ts'
import { type Exit, exitReason, failureOf, notStopped, outputTooLarge } from './exit-reason.ts'
import { cpuTicksOf } from './process-tree.ts'
import { drain, readText, textTail } from './program-output.ts'

const maxAnswerBytes = 10_000_000
const stderrTailUnits = 8_000

/** One process per task: its text on stdin, the answer on stdout. */
export function commandAdapter(settings: AdapterSettings): RuntimeAdapter {
  const config = commandConfig(settings.runtimeConfig)
  const { workDir } = settings
  const path = pathFor(settings, config.env)
  const fault = () => commandFault({ command: config.command, path, workDir })

  return {
    fault,
    async run(task, sink, signal) {
      const reason = await fault()
      if (reason) return { outcome: 'failed', reason }
      const env = environmentFor(settings, task, { own: config.env })
      const started = await startProgram(config, task, { env, settings })
      if ('reason' in started) return { outcome: 'failed', reason: started.reason }
      const { program } = started
      return attend({ program, command: config.command, task, settings, sink, signal })
    },
  }
}

/** What the processes of one attempt carry in their environment, and those of no other attempt. */
export const marksOf = (taskId: string, attempt: number) => [
  `TASK_ID=${taskId}`,
  `TASK_ATTEMPT=${attempt}`,
]

type Start = { readonly env: Record<string, string>; readonly settings: AdapterSettings }

async function startProgram(config: CommandConfig, task: AdapterTask, { env, settings }: Start) {
  const args = config.args.map((arg) => fillIn(arg, task, settings))
  try {
    const program = spawn(config.command, args, { cwd: settings.workDir, env, detached: true })
    // A failed spawn says so once; a signal that comes too late says so here.
    program.on('error', () => {})
    await once(program, 'spawn')
    program.stdin.on('error', () => {})
    program.stdin.end(task.text)
    return { program }
  } catch (error) {
    return { reason: spawnFault(config.command, error) }
  }
}

function fillIn(arg: string, task: AdapterTask, { workspaceId }: AdapterSettings) {
  const values = { text: task.text, task_id: task.taskId, workspace_id: workspaceId }
  const filled = arg.replace(
    /\{\{(text|task_id|workspace_id)\}\}/g,
    (_, name: keyof typeof values) => values[name],
  )
  return filled.replaceAll('\0', '')
}

type Attendance = {
  readonly program: ChildProcessWithoutNullStreams
  readonly command: string
  readonly task: AdapterTask
  readonly settings: AdapterSettings
  readonly sink: Sink
  readonly signal: AbortSignal
}

/** From the first byte it prints until nothing of it is left. */
async function attend(of: Attendance): Promise<AdapterResult> {
  const { program, command, task, settings, signal } = of
  const ended = exitOf(program)
  const reading = readOutput(of)
  const stopSampling = sampleCpu(of)

  await Promise.race([ended, untilAborted(AbortSignal.any([signal, reading.tooLarge]))])
  stopSampling()
  const isGone = await endProcesses({
    marks: marksOf(task.taskId, task.attempt),
    leader: () => pidOf(program),
    graceMs: settings.killGraceMs,
  })
  await reading.drain()
  if (!isGone) return { outcome: 'failed', reason: notStopped(command) }

  const exit = await ended
  if (reading.tooLarge.aborted)
    return { outcome: 'failed', reason: outputTooLarge(command, maxAnswerBytes) }
  if (exit.code === 0) return { outcome: 'completed', result: reading.answer() }
  const reason = exitReason(command, exit, reading.stderr())
  return { outcome: 'failed', reason, failure: failureOf(exit) }
}

const exitOf = (program: ChildProcess) =>
  new Promise<Exit>((resolve) => {
    program.once('exit', (code, signal) => resolve({ code, signal }))
  })

function readOutput({ program, sink }: Attendance) {
  const answer: string[] = []
  const stderr = textTail(stderrTailUnits)
  const tooLarge = new AbortController()
  let answerBytes = 0

  const read = [
    readText(program.stdout, (text, bytes) => {
      answerBytes += bytes
      if (answerBytes > maxAnswerBytes) return tooLarge.abort()
      answer.push(text)
      sink.output('stdout', text)
    }),
    readText(program.stderr, (text) => {
      stderr.add(text)
      sink.output('stderr', text)
    }),
  ]

  return {
    tooLarge: tooLarge.signal,
    answer: () => answer.join(''),
    stderr: stderr.get,
    drain: () => drain([program.stdout, program.stderr], Promise.all(read)),
  }
}

/** Work that prints nothing shows in the CPU time of its processes. */
function sampleCpu({ program, settings, sink }: Attendance) {
  let lastTicks = 0
  const timer = setInterval(() => {
    const ticks = cpuTicksOf(program.pid ?? 0)
    if (ticks !== lastTicks) sink.progressed()
    lastTicks = ticks
  }, settings.sampleEveryMs)
  return () => clearInterval(timer)
}
