import { execFile } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { hostname } from 'node:os'
import { delimiter, join as joinPath } from 'node:path'
import { promisify } from 'node:util'
import type { Command } from 'commander'
import { type Cli, clientFor } from '../cli.ts'
import { CliError, usageError } from '../cli-error.ts'
import { isConfirmed } from '../confirm.ts'
import { resolveConnection } from '../connection.ts'
import { given } from '../environment.ts'
import { exitCode } from '../exit-code.ts'
import { workspaceToken } from '../workspace-credential.ts'
import { type Assistant, assistants, type Joined } from './join/assistants.ts'

type Options = { only?: string; print?: boolean; yes?: boolean }

export function join(command: Command, cli: Cli) {
  command
    .argument('<url>', 'address of the server')
    .option('--only <names>', `of ${assistants.map(({ name }) => name).join(', ')}; commas between`)
    .option('--print', 'show what would be done, and do nothing')
    .option('--yes', 'without asking')
    .addHelpText(
      'after',
      '\nExample:\n  MOLECULE_WORKSPACE_TOKEN=… molecule join https://molecule.example\n\nThe token is that of a workspace: *Access* in the canvas makes one.',
    )
    .action(async (url: string, options: Options) => {
      const { out, signal } = cli
      const joined = await whoIsAsked(cli, url)
      const found = await installed(cli, options.only)
      const steps = found.map((each) => `${each.title}: ${each.shown(joined)}`)
      if (options.print) return out.lines(steps)
      const what = `set up ${found.map(({ title }) => title).join(' and ')} for ${joined.name}`
      if (
        found.length > 0 &&
        !options.yes &&
        !(await isConfirmed(cli, { what, consequences: steps }))
      )
        return out.note('Nothing was changed.')
      for (const each of found) await setUp(cli, each, joined)
      await arrive(joined, found, signal)
      tellNext(cli, joined, found)
    })
}

/** The token alone says whose it is. */
async function whoIsAsked(cli: Cli, url: string): Promise<Joined> {
  const token = workspaceToken(cli)
  const { url: base } = resolveConnection({ url }, cli.env)
  const client = clientFor({ url: base, token })
  const { workspace_id: id } = await client.session.current({ signal: cli.signal })
  if (!id)
    throw usageError(
      'This is not the token of a workspace.',
      'Take that of the workspace to join as: *Access* in the canvas, or molecule ws connect <ws> --rotate.',
    )
  const { name } = await client.workspaces.get(id, {}, { signal: cli.signal })
  return { client, id, name, token, url: base, mcp: `${base}/workspaces/${id}/mcp` }
}

async function installed(cli: Cli, only: string | undefined): Promise<Assistant[]> {
  const names = only?.split(',').map((name) => name.trim())
  const unknown = names?.find((name) => !assistants.some((each) => each.name === name))
  if (unknown !== undefined)
    throw usageError(
      `Nothing is known of "${unknown}".`,
      `Use of: ${assistants.map(({ name }) => name).join(', ')}.`,
    )
  const wanted = assistants.filter(({ name }) => names === undefined || names.includes(name))
  const found = await Promise.all(
    wanted.map(async (each) => ((await isInPath(each.program, cli)) ? [each] : [])),
  )
  return found.flat()
}

async function isInPath(program: string, { env }: Cli): Promise<boolean> {
  const folders = (given(env.PATH) ?? '').split(delimiter).filter(Boolean)
  const looks = folders.map((folder) => access(joinPath(folder, program), constants.X_OK))
  return (await Promise.allSettled(looks)).some(({ status }) => status === 'fulfilled')
}

async function setUp({ out, env }: Cli, assistant: Assistant, joined: Joined): Promise<void> {
  try {
    await assistant.setUp(joined, {
      env,
      run: async (program, args) => {
        await promisify(execFile)(program, [...args], { env: { ...env }, timeout: 60_000 })
      },
    })
    out.note(`${assistant.title} has the tools of ${joined.name}.`)
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message?: string }
    throw new CliError(`${assistant.title} could not be set up: ${stderr?.trim() || message}`, {
      exitCode: exitCode.failed,
      hint: `Leave it out with --only, or do it by hand: ${assistant.shown(joined)}`,
    })
  }
}

/** It is seen at once, and the people hear of it. */
async function arrive(
  { client, id, name }: Joined,
  found: readonly Assistant[],
  signal: AbortSignal,
) {
  const card = { name, description: found.map(({ title }) => title).join(', ') || 'an agent' }
  await client.registry.register({ id, delivery_mode: 'poll', agent_card: card }, { signal })
  const who = found.length > 0 ? ` with ${found.map(({ title }) => title).join(' and ')}` : ''
  const message = `${name} joined from ${hostname()}${who}.`
  await client.workspaces.notify(id, { message }, { signal })
}

function tellNext({ out }: Cli, { name, id, url }: Joined, found: readonly Assistant[]): void {
  const [first] = found
  if (!first)
    out.note('None of the assistants it knows is in PATH; any other joins by MCP or plain HTTP.')
  out.lines([
    `${name} is online.`,
    ...(first
      ? [`Ask ${first.title} to call wait_for_message, or let it work on its own:`]
      : ['Let a program of your own work for it:']),
    `  PLATFORM_URL=${url} WORKSPACE_ID=${id} molecule bridge ${first?.bridge ?? 'command -- ./agent.sh'}`,
  ])
}
