import type { OrgToken, WorkspaceToken } from '@molecule/contract/identity'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import type { Column } from '../../output/table.ts'
import { since, until } from '../../output/time.ts'

export const tokenList = (command: Command, cli: Cli) =>
  command.action(({ workspace }: { workspace?: string }) =>
    workspace === undefined ? listOfOrg(cli) : listOfWorkspace(cli, workspace),
  )

const mostAtOnce = 200

async function listOfOrg({ client, out, signal }: Cli) {
  const found = await client().tokens.org.list({ signal })
  out.show(found, () => {
    if (found.count === 0)
      out.note('The org has no tokens. Make one: molecule token create --name ci')
    else out.table(found.tokens, orgColumns)
  })
}

async function listOfWorkspace({ client, out, signal }: Cli, given: string) {
  const id = await workspaceIdOf(client(), given, signal)
  const found = await client().tokens.workspace.list(id, { limit: mostAtOnce }, { signal })
  out.show(found, () => {
    if (found.count === 0) out.note('The workspace has no tokens that somebody made for it.')
    else out.table(found.tokens, workspaceColumns)
  })
}

const columns: Column<OrgToken | WorkspaceToken>[] = [
  { title: 'PREFIX', cell: (one) => one.prefix },
  { title: 'NAME', cell: (one) => one.name, canShrink: true },
  { title: 'USED', cell: (one) => since(one.last_used_at ?? null) || 'never', align: 'right' },
  { title: 'ENDS IN', cell: (one) => until(one.expires_at) || 'never', align: 'right' },
  { title: 'AGE', cell: (one) => since(one.created_at), align: 'right', dropRank: 2 },
  { title: 'MADE BY', cell: (one) => one.created_by, canShrink: true, dropRank: 1 },
]
const id: Column<{ id: string }> = {
  title: 'ID',
  cell: (one) => one.id,
  tone: 'dim',
  dropRank: 4,
}

const workspaceColumns: Column<WorkspaceToken>[] = [...columns, id]
const orgColumns: Column<OrgToken>[] = [
  ...columns,
  { title: 'SCOPES', cell: (one) => one.scopes.join(','), canShrink: true, dropRank: 3 },
  id,
]
