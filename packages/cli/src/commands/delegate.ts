import type { Delegate } from '@molecule/contract/task'
import type { Command } from 'commander'
import { seconds, textOrStdin } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import { usageError } from '../cli-error.ts'
import { given as set } from '../environment.ts'
import { workspaceIdOf } from '../find-workspace.ts'
import { watchTask } from '../watch-task.ts'

type DelegateOptions = {
  from?: string
  wait?: boolean
  key?: string
  timeout?: number
  quiet?: boolean
}

export const delegate = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace that gets the task: name, path or id')
    .argument('<text>', 'the task; - reads it from standard input')
    .option(
      '--from <ws>',
      'workspace that hands it over (default: WORKSPACE_ID, as agents have it)',
    )
    .option('--wait', 'follow it to the end and print the answer')
    .option('--timeout <seconds>', 'with --wait: wait no longer than this', seconds)
    .option('--key <key>', 'the same key again finds the same task')
    .option('-q, --quiet', 'with --wait: print the answer only')
    .action((given: string, text: string, options: DelegateOptions) =>
      delegateOne(cli, given, text, options),
    )

async function delegateOne(cli: Cli, given: string, text: string, options: DelegateOptions) {
  const { signal } = cli
  const client = cli.client()
  const from = options.from ?? set(cli.env.WORKSPACE_ID)
  if (from === undefined)
    throw usageError(
      'Nobody is named who delegates.',
      'Give --from <workspace>; inside an agent WORKSPACE_ID says it. To ask as a person use `molecule ask`.',
    )
  const parentTask = set(cli.env.TASK_ID)
  const body: Delegate = {
    task: await textOrStdin(text, cli),
    target_id: await workspaceIdOf(client, given, signal),
    ...(options.key === undefined ? {} : { idempotency_key: options.key }),
    ...(parentTask === undefined ? {} : { parent_task_id: parentTask }),
  }
  const fromId = await workspaceIdOf(client, from, signal)
  const delegated = await client.workspaces.delegate(fromId, body, { signal })
  if (options.wait)
    return watchTask(cli, delegated.delegation_id, {
      ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout }),
      isQuiet: options.quiet === true,
    })
  return cli.out.show(delegated, () => cli.out.lines([delegated.delegation_id]))
}
