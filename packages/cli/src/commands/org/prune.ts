import type { Leftover } from '@molecule/contract/org'
import { type Command, InvalidArgumentError } from 'commander'
import type { Cli } from '../../cli.ts'
import { isConfirmed } from '../../confirm.ts'
import type { Column } from '../../output/table.ts'
import { since } from '../../output/time.ts'

type Options = { olderThan: number; yes?: boolean; list?: boolean }

export const orgPrune = (command: Command, cli: Cli) =>
  command
    .option('--older-than <hours>', 'name only what was made before that', hours, 24)
    .option('--list', 'only list them')
    .option('--yes', 'remove them without asking')
    .action(async ({ olderThan, yes, list }: Options) => {
      const { out, signal } = cli
      const { org } = cli.client()
      const age = { older_than_hours: olderThan }
      const { leftovers } = await org.leftovers(age, { signal })
      if (list || leftovers.length === 0)
        return out.show(leftovers, () => {
          if (leftovers.length === 0) out.note('Nothing is left of earlier mishaps.')
          else out.table(leftovers, columns)
        })
      if (!out.isJson) out.table(leftovers, columns)
      const what = `remove ${leftovers.length} workspaces`
      if (!yes && !(await isConfirmed(cli, { what }))) return out.note('Nothing was changed.')
      const ids = leftovers.map(({ id }) => id)
      const pruned = await org.prune({ ids, confirm: true, ...age }, { signal })
      return out.show(pruned, () => out.note(`${pruned.removed.length} removed.`))
    })

function hours(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0) return value
  throw new InvalidArgumentError('must be a number of hours')
}

const columns: Column<Leftover>[] = [
  { title: 'WORKSPACE', cell: ({ path }) => path.join(' / '), canShrink: true },
  { title: 'WHAT', cell: ({ kind }) => kind.replaceAll('_', ' ') },
  { title: 'MADE', cell: ({ created_at }) => since(created_at), align: 'right' },
  { title: 'BELOW', cell: ({ children }) => children, align: 'right', dropRank: 1 },
  { title: 'WHY', cell: ({ detail }) => detail, canShrink: true },
]
