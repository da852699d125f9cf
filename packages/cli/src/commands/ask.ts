import type { Command } from 'commander'
import { priority, seconds, textOrStdin } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import { stoppedWaiting } from '../cli-error.ts'
import { workspaceIdOf } from '../find-workspace.ts'
import { watchTask } from '../watch-task.ts'

type AskOptions = {
  wait: boolean
  timeout?: number
  key?: string
  quiet?: boolean
  priority?: number
  startWithin?: number
}

export const ask = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace: name, path or id')
    .argument('<text>', 'what to ask; - reads it from standard input')
    .option('--no-wait', 'print the id of the task and leave')
    .option('--timeout <seconds>', 'wait no longer than this; the task goes on', seconds)
    .option('--key <key>', 'the same key again finds the same task')
    .option('--priority <0..100>', 'taken up before what has less (50)', priority)
    .option('--start-within <seconds>', 'drop it unless it is taken up by then', seconds)
    .option('-q, --quiet', 'print the answer only, not what the agent prints on the way')
    .action((given: string, text: string, options: AskOptions) => askOne(cli, given, text, options))

async function askOne(cli: Cli, given: string, text: string, options: AskOptions) {
  const body = {
    text: await textOrStdin(text, cli),
    ...(options.key === undefined ? {} : { idempotency_key: options.key }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
    ...(options.startWithin === undefined
      ? {}
      : { start_within_s: Math.ceil(options.startWithin / 1000) }),
  }
  const id = await workspaceIdOf(cli.client(), given, cli.signal)
  const task = await cli
    .client()
    .workspaces.ask(id, body, { signal: cli.signal })
    .catch((error: unknown) => {
      throw cli.signal.aborted ? mayHaveArrived(given) : error
    })
  if (task.waiting_for === 'workspace')
    cli.out.note('It is paused: the task is kept, and begins after the resume.')
  if (options.wait)
    return watchTask(cli, task.id, {
      ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout }),
      isQuiet: options.quiet === true,
    })
  return cli.out.show(task, () => {
    cli.out.lines([task.id])
    cli.out.note(`Follow it with: molecule task ${task.id} --follow`)
  })
}

const mayHaveArrived = (given: string) =>
  stoppedWaiting('interrupted', 'Interrupted before the server had confirmed the task.', [
    `See whether it has taken it: molecule tasks --ws "${given}"`,
  ])
