import type { Connection, CreatedWorkspace } from '@molecule/contract/registry'
import type { CreateWorkspace, DeliveryMode } from '@molecule/contract/workspace'
import { type Command, Option } from 'commander'
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
  template?: string
  dir?: string
  concurrency?: number
  idleMinutes?: number
  wait?: boolean
  timeout: number
  external?: boolean
  delivery?: DeliveryMode
  agentUrl?: string
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
    .option('--template <id>', 'workspace template that its configuration begins with')
    .option('--dir <path>', 'folder it works in')
    .option('--concurrency <n>', 'tasks it works on at a time', wholeNumber)
    .option('--idle-minutes <n>', 'hibernate after so long without work', wholeNumber)
    .option('--external', 'for an agent that runs elsewhere; prints its token, once')
    .addOption(
      new Option(
        '--delivery <mode>',
        'with --external: it asks for its work, or is called',
      ).choices(['poll', 'push']),
    )
    .option('--agent-url <address>', 'with --delivery push: where the agent is called')
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
  checkExternal(options)
  const client = cli.client()
  const parent =
    options.parent === undefined
      ? {}
      : { parent_id: await workspaceIdOf(client, options.parent, signal) }
  const body: CreateWorkspace = { name, ...parent, ...fieldsOf(options), ...runtimeOf(options) }
  const created = await client.workspaces.create(body, { signal })
  if (created.connection) return showConnection(cli, created, created.connection)
  const workspace = options.wait ? await untilOnline(cli, created, options.timeout) : created
  out.show(workspace, () => out.lines([`${workspace.id}  ${workspace.status}`]))
}

/** The connection alone goes to standard output, so that it can be kept; its token is not shown again. */
function showConnection({ out }: Cli, workspace: CreatedWorkspace, connection: Connection) {
  out.show(workspace, () => {
    out.lines([
      `WORKSPACE_ID=${connection.workspace_id}`,
      `PLATFORM_URL=${connection.platform_url}`,
      `MOLECULE_WORKSPACE_TOKEN=${connection.auth_token}`,
    ])
    out.note(
      `"${workspace.name}" waits for its agent. Keep the token now: it is not shown again. What the agent does with it: docs/guides/external-agents.md`,
    )
  })
}

function checkExternal({ external, command, wait, delivery, agentUrl }: CreateOptions) {
  if (!external && (delivery !== undefined || agentUrl !== undefined))
    throw usageError(
      '--delivery and --agent-url are for an agent that runs elsewhere.',
      'Add --external.',
    )
  if (external && command !== undefined)
    throw usageError(
      '--external and --command exclude each other.',
      'Start its program where it runs.',
    )
  if (external && wait)
    throw usageError(
      '--wait would keep the token back that its agent needs to come online.',
      'Create it without --wait, then start its agent.',
    )
}

const fieldsOf = ({
  role,
  model,
  template,
  dir,
  concurrency,
  idleMinutes,
  ...outside
}: CreateOptions) => ({
  ...(role === undefined ? {} : { role }),
  ...(model === undefined ? {} : { model }),
  ...(template === undefined ? {} : { template }),
  ...(dir === undefined ? {} : { workspace_dir: dir }),
  ...(concurrency === undefined ? {} : { max_concurrent_tasks: concurrency }),
  ...(outside.external ? { external: true } : {}),
  ...(outside.delivery === undefined ? {} : { delivery_mode: outside.delivery }),
  ...(outside.agentUrl === undefined ? {} : { url: outside.agentUrl }),
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
