import type { WebhookDelivery } from '@molecule/contract/webhook'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import type { Column } from '../../output/table.ts'
import { since } from '../../output/time.ts'
import { findWebhook } from './find-webhook.ts'

export const webhookDeliveries = (command: Command, cli: Cli) =>
  command.action(async (ws: string, given: string) => {
    const { client, out, signal } = cli
    const { key } = await findWebhook(cli, ws, given)
    const found = await client().webhooks.deliveries(key, { signal })
    out.show(found, () => {
      if (found.length === 0) out.note('Nothing that was signed with its secret has come yet.')
      else out.table(found, columns)
    })
  })

const columns: Column<WebhookDelivery>[] = [
  { title: 'AGE', cell: (one) => since(one.received_at), align: 'right' },
  { title: 'EVENT', cell: (one) => one.event, canShrink: true },
  { title: 'OUTCOME', cell: (one) => one.outcome, tone: 'status' },
  { title: 'TASK', cell: (one) => one.task_id, tone: 'dim' },
  { title: 'STATUS', cell: (one) => one.task_status, tone: 'status' },
  { title: 'WHY', cell: (one) => one.note, canShrink: true },
  { title: 'DELIVERY', cell: (one) => one.delivery_key, canShrink: true, dropRank: 1 },
]
