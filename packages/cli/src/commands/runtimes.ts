import type { Runtime } from '@molecule/contract/runtime'
import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import type { Column } from '../output/table.ts'

export const runtimes = (command: Command, cli: Cli) =>
  command
    .addHelpText('after', '\nExample: molecule ws create Lead --runtime claude-code --model opus')
    .action(async () => {
      const { out, signal } = cli
      const list = await cli.client().runtimes({ signal })
      out.show(list, () => out.table(list.runtimes, columns))
    })

const columns: Column<Runtime>[] = [
  { title: 'RUNTIME', cell: ({ id }) => id },
  { title: 'NAME', cell: ({ display_name }) => display_name, dropRank: 1 },
  { title: 'PROGRAM', cell: programOf },
  { title: 'NEEDS', cell: needsOf, canShrink: true },
  {
    title: 'MODEL',
    cell: ({ capabilities, default_model }) => (capabilities.model ? default_model : null),
    dropRank: 2,
  },
]

function programOf({ program, installed }: Runtime): string | null {
  if (program === null) return null
  if (installed === null) return program
  return installed ? `${program} is there` : `${program} is missing`
}

function needsOf({ required_env, required_config }: Runtime): string {
  const needs = [
    ...required_config.map((key) => `runtime_config.${key}`),
    ...required_env.map((each) => (Array.isArray(each) ? each.join(' or ') : each)),
  ]
  return needs.join(', ') || 'nothing more'
}
