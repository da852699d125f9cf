import type { Connection } from '@molecule/contract/registry'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { notFound } from '../../cli-error.ts'
import { isConfirmed } from '../../confirm.ts'
import { workspaceIdOf } from '../../find-workspace.ts'

type Options = { rotate?: boolean; yes?: boolean }

export const wsConnect = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace: name, path or id')
    .argument(
      '[agent]',
      'what joins, such as claude-code; without it, all that are known are listed',
    )
    .option('--rotate', 'with a new token; the ones before are dead at once')
    .option('--yes', 'rotate without asking')
    .action(async (ws: string, agent: string | undefined, { rotate, yes }: Options) => {
      const { out, signal } = cli
      const client = cli.client()
      const id = await workspaceIdOf(client, ws, signal)
      const what = `cut off the agent of ${ws} until it has the new token`
      if (rotate && !yes && !(await isConfirmed(cli, { what })))
        return out.note('Nothing was changed.')
      const connection = rotate
        ? await client.registry.rotate(id, {}, { signal })
        : await client.registry.connection(id, { signal })
      return agent === undefined ? showAll(cli, ws, connection) : showOne(cli, connection, agent)
    })

function showAll({ out }: Cli, ws: string, connection: Connection) {
  out.show(connection, () => {
    const { workspace_id, platform_url, auth_token, snippets } = connection
    out.lines([
      `WORKSPACE_ID=${workspace_id}`,
      `PLATFORM_URL=${platform_url}`,
      ...(auth_token ? [`MOLECULE_WORKSPACE_TOKEN=${auth_token}`] : []),
    ])
    if (auth_token) out.note('Keep the token now: it is not shown again.')
    out.note(
      `How it joins: molecule ws connect ${ws} <agent>, with ${snippets.map(({ id }) => id).join(', ')}.`,
    )
  })
}

function showOne({ out }: Cli, connection: Connection, agent: string) {
  const snippet = connection.snippets.find(({ id }) => id === agent)
  if (!snippet)
    throw notFound(
      `There is no way to join for "${agent}".`,
      `There is: ${connection.snippets.map(({ id }) => id).join(', ')}.`,
    )
  out.show(snippet, () => {
    out.lines(snippet.text.split('\n'))
    for (const { problem, fix } of snippet.common_problems) out.note(`${problem} ${fix}`)
  })
}
