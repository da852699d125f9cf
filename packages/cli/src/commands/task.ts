import type { Command } from 'commander'
import { seconds } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import { watchTask } from '../watch-task.ts'
import { workspaceNames } from '../workspace-names.ts'
import { taskAnswer } from './task/answer.ts'
import { taskCancel } from './task/cancel.ts'
import { taskExplain } from './task/explain.ts'
import { taskExtend } from './task/extend.ts'
import { taskReassign } from './task/reassign.ts'
import { taskRetry } from './task/retry.ts'
import { taskLines } from './task/task-lines.ts'
import { taskTimeline } from './task/timeline.ts'

type TaskOptions = { follow?: boolean; timeout?: number; quiet?: boolean }

export function task(command: Command, cli: Cli) {
  taskAnswer(
    command.command('answer').description('Answer the question of its agent, or let it try again'),
    cli,
  )
  taskCancel(command.command('cancel').description('Cancel a task'), cli)
  taskExplain(
    command
      .command('explain')
      .description('Say who holds it, what it waits for and what can be done'),
    cli,
  )
  taskTimeline(
    command.command('timeline').description('Say what happened to it, step by step'),
    cli,
  )
  taskReassign(command.command('reassign').description('Give it to another workspace'), cli)
  taskRetry(command.command('retry').description('Ask for the same again, as a new task'), cli)
  taskExtend(command.command('extend').description('Give a task more time'), cli)
  command
    .argument('<id>', 'id of the task')
    .option('--follow', 'print its output from the beginning and stay to the end')
    .option('--timeout <seconds>', 'with --follow: stay no longer than this', seconds)
    .option('-q, --quiet', 'with --follow: print the answer only')
    .action((id: string, options: TaskOptions) =>
      options.follow
        ? watchTask(cli, id, {
            ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout }),
            isQuiet: options.quiet === true,
          })
        : showTask(cli, id),
    )
}

async function showTask(cli: Cli, id: string) {
  const found = await cli.client().tasks.get(id, {}, { signal: cli.signal })
  if (cli.out.isJson) return cli.out.document(found)
  const names = await workspaceNames(cli)
  return taskLines(found, names, cli.out)
}
