import type { OrgTemplate } from '@molecule/contract/org'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import type { Column } from '../../output/table.ts'
import { requirementText } from './tell-plan.ts'

export const orgTemplates = (command: Command, cli: Cli) =>
  command.action(async () => {
    const { out, signal } = cli
    const found = await cli.client().org.templates({ signal })
    out.show(found, () => {
      if (found.length === 0) out.note('The server has no templates.')
      else out.table(found, columns)
    })
  })

const columns: Column<OrgTemplate>[] = [
  { title: 'FOLDER', cell: ({ dir }) => dir },
  { title: 'NAME', cell: ({ name }) => name, canShrink: true },
  { title: 'WORKSPACES', cell: ({ workspaces }) => workspaces, align: 'right' },
  { title: 'NEEDS', cell: (one) => one.required_env.map(requirementText).join(', ') },
  { title: 'WHAT', cell: ({ description }) => description, canShrink: true, dropRank: 1 },
]
