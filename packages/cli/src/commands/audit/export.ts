import type { Command } from 'commander'
import { wholeNumber } from '../../arguments.ts'
import type { Cli } from '../../cli.ts'

export const auditExport = (command: Command, cli: Cli) =>
  command
    .option('--since <seq>', 'only records after this one', wholeNumber, 0)
    .action(async ({ since }: { since: number }) => {
      const { out, signal } = cli
      for await (const piece of cli.client().audit.export({ since }, { signal }))
        out.screen.out(piece)
    })
