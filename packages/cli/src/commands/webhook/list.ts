import type { Webhook } from '@molecule/contract/webhook'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import type { Column } from '../../output/table.ts'

export const webhookList = (command: Command, { client, out, signal }: Cli) =>
  command.argument('<ws>', 'workspace: name, path or id').action(async (ws: string) => {
    const id = await workspaceIdOf(client(), ws, signal)
    const found = await client().webhooks.list(id, { signal })
    out.show(found, () => {
      if (found.length === 0) out.note(`${ws} has no webhooks.`)
      else out.table(found, columns)
    })
  })

const columns: Column<Webhook>[] = [
  { title: 'NAME', cell: (one) => one.name, canShrink: true },
  { title: 'STATUS', cell: (one) => (one.enabled ? 'on' : 'off') },
  { title: 'KIND', cell: (one) => one.kind },
  { title: 'EVENTS', cell: (one) => one.events.join(',') || 'all', canShrink: true },
  { title: 'ASKS', cell: (one) => one.prompt, canShrink: true },
  { title: 'ADDRESS', cell: (one) => one.url, tone: 'dim', dropRank: 1 },
]
