import type { BrowserSession } from '@molecule/contract/identity'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { matchCredential } from '../find-credential.ts'
import { oneLine } from '../output/plain-text.ts'
import type { Column } from '../output/table.ts'
import { since, until } from '../output/time.ts'

export function session(command: Command, cli: Cli) {
  command
    .command('list')
    .description('List the browsers that are signed in')
    .action(() => list(cli))
  command
    .command('revoke')
    .description('Sign a browser out')
    .argument('<session>', 'its id, or the name of a person with one session')
    .action((given: string) => revoke(cli, given))
}

async function list({ client, out, signal }: Cli) {
  const found = await client().session.list({ signal })
  out.show(found, () => {
    if (found.sessions.length === 0)
      out.note('No browser is signed in. Make a link: molecule login --name Ann --role viewer')
    else out.table(found.sessions, columns)
  })
}

const columns: Column<BrowserSession>[] = [
  { title: 'NAME', cell: (one) => one.name, canShrink: true },
  { title: 'ROLE', cell: (one) => one.role },
  { title: 'USED', cell: (one) => since(one.last_used_at) || 'never', align: 'right' },
  { title: 'SIGNED IN', cell: (one) => since(one.created_at), align: 'right', dropRank: 2 },
  { title: 'ENDS IN', cell: (one) => until(one.expires_at), align: 'right', dropRank: 3 },
  { title: 'ID', cell: (one) => one.id, tone: 'dim' },
  { title: 'BROWSER', cell: (one) => one.client, canShrink: true, dropRank: 1 },
]

async function revoke({ client, out, signal }: Cli, given: string) {
  const { sessions } = await client().session.list({ signal })
  const { id, name } = matchCredential(sessions, given, 'session')
  const result = await client().session.revoke(id, { signal })
  out.show(result, () => out.lines([`Signed out ${oneLine(name)}.`]))
}
