import type { CreateWorkspace } from '@molecule/contract/workspace'
import type { Command } from 'commander'
import { collect, seconds, wholeNumber } from '../../arguments.ts'
import type { Cli } from '../../cli.ts'
import { usageError } from '../../cli-error.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import { untilOnline } from '../../until-online.ts'

type CreateOptions = {
  role?: string
  parent?: string
  runtime?: string
  command?: string
  arg?: string[]
  env?: string[]
  model?: string
  dir?: string
  concurrency?: number
  idleMinutes?: number
  wait?: boolean
  timeout: number
}

const defaultTimeoutMs = 120_000

export const wsCreate = (command: Command, cli: Cli) =>
  command
    .argument('<name>', 'its name, unique below its parent')
    .option('--role <text>', 'what it is for')
    .option('--parent <ws>', 'workspace it reports to: name, path or id')
    .option('--runtime <name>', 'what runs in it (with --command: command)')
    .option('--command <program>', 'program that gets each task on standard input')
    .option('--arg <value>', 'argument of the program; may be given many times', collect)
    .option('--env <KEY=VALUE>', 'environment of the program; may be given many times', collect)
    .option('--model <name>', 'model of its runtime')
    .option('--dir <path>', 'folder it works in')
    .option('--concurrency <n>', 'tasks it works on at a time', wholeNumber)
    .option('--idle-minutes <n>', 'hibernate after so long without work', wholeNumber)
    .option('--wait', 'stay until it is online')
    .option(
      '--timeout <seconds>',
      'with --wait: stay no longer than this',
      seconds,
      defaultTimeoutMs,
    )
    .action((name: string, options: CreateOptions) => createOne(cli, name, options))

async function createOne(cli: Cli, name: string, options: CreateOptions) {
  const { out, signal } = cli
  const client = cli.client()
  const parent =
    options.parent === undefined
      ? {}
      : { parent_id: await workspaceIdOf(client, options.parent, signal) }
  const body: CreateWorkspace = { name, ...parent, ...fieldsOf(options), ...runtimeOf(options) }
  const created = await client.workspaces.create(body, { signal })
  const workspace = options.wait ? await untilOnline(cli, created, options.timeout) : created
  out.show(workspace, () => out.lines([`${workspace.id}  ${workspace.status}`]))
}

const fieldsOf = ({ role, model, dir, concurrency, idleMinutes }: CreateOptions) => ({
  ...(role === undefined ? {} : { role }),
  ...(model === undefined ? {} : { model }),
  ...(dir === undefined ? {} : { workspace_dir: dir }),
  ...(concurrency === undefined ? {} : { max_concurrent_tasks: concurrency }),
  ...(idleMinutes === undefined ? {} : { hibernation_idle_minutes: idleMinutes }),
})

function runtimeOf({ runtime, command, arg, env }: CreateOptions) {
  if (command !== undefined)
    return {
      runtime: runtime ?? 'command',
      runtime_config: {
        command,
        ...(arg ? { args: arg } : {}),
        ...(env ? { env: Object.fromEntries(env.map(pair)) } : {}),
      },
    }
  if (arg ?? env)
    throw usageError('--arg and --env are for a program.', 'Name the program with --command.')
  return runtime === undefined ? {} : { runtime }
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw usageError(`"${text}" is not of the form KEY=VALUE.`, 'For example --env LANG=C.')
}
