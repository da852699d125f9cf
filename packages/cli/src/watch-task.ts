import type { OutputChunk, Task } from '@molecule/contract/task'
import type { Cli } from './cli.ts'
import { CliError, stoppedWaiting } from './cli-error.ts'
import { exitCode } from './exit-code.ts'
import { followTask } from './follow-task.ts'
import { safeText } from './output/plain-text.ts'

export type WatchOptions = { timeoutMs?: number; isQuiet?: boolean }

/**
 * Streams a task to its end and prints its answer. On a terminal the stream is the screen; otherwise it goes to
 * standard error and the answer alone to standard output. Throws when the task did not complete.
 */
export async function watchTask(cli: Cli, taskId: string, options: WatchOptions = {}) {
  const task = await follow(cli, taskId, options)
  if (cli.out.isJson) cli.out.jsonLine({ type: 'task', ...task })
  if (task.status !== 'completed') throw taskFailure(task)
}

async function follow(cli: Cli, taskId: string, { timeoutMs, isQuiet }: WatchOptions) {
  using progress = cli.out.spinner('queued')
  const printer = outputPrinter(cli, isQuiet === true)
  const timeout = timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)]
  const signal = AbortSignal.any([cli.signal, ...timeout])
  try {
    const task = await followTask({
      client: cli.client(),
      taskId,
      signal,
      watcher: {
        onOutput: (chunk) => {
          progress.update('working')
          printer.output(chunk)
        },
        onStatus: (task) => progress.update(stateOf(task)),
        onSilence: (message) => cli.out.note(`${message} Trying again.`),
      },
    })
    printer.answer(task)
    return task
  } catch (error) {
    throw signal.aborted ? goesOn(cli, taskId) : error
  }
}

function outputPrinter({ out }: Cli, isQuiet: boolean) {
  const { screen } = out
  let attempt = 0
  let shown = ''
  const safe = (isTerminal: boolean, text: string) => (isTerminal ? safeText(text) : text)
  const dimmed = (text: string) => text.replace(/[^\n]+/g, (line) => out.noteStyle('dim', line))
  const print = (chunk: OutputChunk) => {
    if (chunk.stream === 'stderr') return screen.err(dimmed(safe(screen.hasProgress, chunk.text)))
    shown += chunk.text
    return screen.isTerminal
      ? screen.out(safeText(chunk.text))
      : screen.err(safe(screen.hasProgress, chunk.text))
  }
  return {
    output: (chunk: OutputChunk) => {
      if (out.isJson) return out.jsonLine({ type: 'output', ...chunk })
      if (isQuiet) return
      if (attempt !== 0 && chunk.attempt !== attempt) {
        screen.endLine()
        out.note(
          out.noteStyle('warn', `attempt ${attempt} was lost; attempt ${chunk.attempt} begins`),
        )
        shown = ''
      }
      attempt = chunk.attempt
      print(chunk)
    },
    /** What already stands on the screen is not said twice. */
    answer: (task: Task) => {
      if (out.isJson || task.result === null) return
      screen.endLine()
      const isOnScreen = screen.isTerminal && shown.trim() === task.result.trim()
      if (isOnScreen) return
      const text = safe(screen.isTerminal, task.result)
      screen.out(text.endsWith('\n') ? text : `${text}\n`)
    },
  }
}

function stateOf(task: Task): string {
  const waiting = task.waiting_for === null ? '' : `, waits for ${task.waiting_for}`
  const attempt = task.attempt > 1 ? `, attempt ${task.attempt}` : ''
  return `${task.status.replace('_', ' ')}${attempt}${waiting}`
}

/** Ending the wait never ends the work. */
function goesOn(cli: Cli, taskId: string) {
  const why = cli.signal.aborted ? 'interrupted' : 'timedOut'
  const what = why === 'timedOut' ? 'The wait is over, the task is not.' : 'The task goes on.'
  return stoppedWaiting(why, `${what} Its id is ${taskId}.`, [
    `follow it: molecule task ${taskId} --follow`,
    `cancel it: molecule task cancel ${taskId}`,
  ])
}

function taskFailure(task: Task): CliError {
  const { error, status, attempts } = task
  const tries = attempts.length > 1 ? [`It was tried ${attempts.length} times.`] : []
  return new CliError(`The task ended ${status}${error ? `: ${error.detail}` : '.'}`, {
    exitCode: exitCode.failed,
    lines: [...tries, `Its id is ${task.id}; see \`molecule task ${task.id}\`.`],
    ...(error ? { hint: error.hint } : {}),
  })
}
