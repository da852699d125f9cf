import type { SecretEntry } from '@molecule/contract/secret'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import type { Column } from '../../output/table.ts'
import { since } from '../../output/time.ts'
import { type ScopeOption, scopeOf, withScope } from './scope.ts'

const columns: Column<SecretEntry>[] = [
  { title: 'NAME', cell: (one) => one.key, canShrink: true },
  {
    title: 'SCOPE',
    cell: (one) => (one.overrides_global ? 'workspace, hides a global one' : one.scope),
    canShrink: true,
  },
  { title: 'CHANGED', cell: (one) => since(one.updated_at), align: 'right' },
  { title: 'BY', cell: (one) => one.created_by, canShrink: true, dropRank: 1 },
]

export const secretList = (command: Command, cli: Cli) =>
  withScope(command, 'what this workspace gets').action(async (options: ScopeOption) => {
    const { secrets } = cli.client()
    const { out, signal } = cli
    const id = await scopeOf(cli, options)
    const list = await (id === undefined
      ? secrets.global.list({ signal })
      : secrets.workspace.list(id, { signal }))
    out.show(list, () => {
      if (list.length === 0) out.note('No secrets yet. Store one: molecule secret set API_KEY')
      else out.table(list, columns)
    })
  })
