import { type CreateOrgToken, type Right, rights } from '@molecule/contract/identity'
import type { Command } from 'commander'
import { span } from '../../arguments.ts'
import type { Cli } from '../../cli.ts'
import { usageError } from '../../cli-error.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import { until } from '../../output/time.ts'

type CreateOptions = { workspace?: string; name?: string; scope?: Right[]; expires?: number }

export const tokenCreate = (command: Command, cli: Cli) =>
  command
    .option('--name <name>', 'what it is for')
    .option(
      '--scope <scopes>',
      'what an org token may do: a comma list, or many times (default: workspaces:read, tasks:read)',
      scopes,
    )
    .option('--expires <span>', 'how long an org token lives: 90d, 12h, 30m (default: 90d)', span)
    .addHelpText('after', `\nScopes: ${rights.join(', ')}`)
    .action(async (options: CreateOptions) => {
      await (options.workspace === undefined
        ? createOfOrg(cli, options)
        : createOfWorkspace(cli, options.workspace, options))
    })

async function createOfOrg({ client, out, signal }: Cli, { name, scope, expires }: CreateOptions) {
  const body: CreateOrgToken = {
    ...(name === undefined ? {} : { name }),
    ...(scope === undefined ? {} : { scopes: scope }),
    ...(expires === undefined ? {} : { expires_in_s: expires }),
  }
  const minted = await client().tokens.org.create(body, { signal })
  out.show(minted, () => {
    out.lines([minted.auth_token])
    const end = minted.expires_at ? ` It ends in ${until(minted.expires_at)}.` : ''
    out.note(`It may: ${minted.scopes.join(', ')}.${end}`)
    out.note(minted.warning)
  })
}

async function createOfWorkspace({ client, out, signal }: Cli, of: string, options: CreateOptions) {
  const { name, scope, expires } = options
  if (scope !== undefined || expires !== undefined)
    throw usageError(
      'A token of a workspace has neither scopes nor an end: it speaks for its workspace.',
      'Leave --scope and --expires out, or leave --workspace out for a token of the org.',
    )
  const id = await workspaceIdOf(client(), of, signal)
  const body = name === undefined ? {} : { name }
  const minted = await client().tokens.workspace.create(id, body, { signal })
  out.show(minted, () => {
    out.lines([minted.auth_token])
    out.note(minted.message)
  })
}

function scopes(value: string, previous: Right[] = []): Right[] {
  const given = value.split(',').map((each) => each.trim())
  const unknown = given.find((each) => !rights.some((right) => right === each))
  if (unknown !== undefined)
    throw usageError(`There is no scope "${unknown}".`, `There are: ${rights.join(', ')}.`)
  return [...new Set([...previous, ...(given as Right[])])]
}
