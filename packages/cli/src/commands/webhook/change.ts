import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { findWebhook } from './find-webhook.ts'
import { showSecret } from './show-secret.ts'

export const webhookRotate = (command: Command, cli: Cli) =>
  command.action(async (ws: string, given: string) => {
    const { key } = await findWebhook(cli, ws, given)
    showSecret(cli, await cli.client().webhooks.rotate(key, { signal: cli.signal }))
  })

const setEnabled = (enabled: boolean) => (command: Command, cli: Cli) =>
  command.action(async (ws: string, given: string) => {
    const { client, out, signal } = cli
    const { key } = await findWebhook(cli, ws, given)
    const changed = await client().webhooks.update(key, { enabled }, { signal })
    out.show(changed, () => out.lines([`${changed.name} is ${changed.enabled ? 'on' : 'off'}.`]))
  })

export const webhookEnable = setEnabled(true)
export const webhookDisable = setEnabled(false)

export const webhookDelete = (command: Command, cli: Cli) =>
  command.action(async (ws: string, given: string) => {
    const { webhook, key } = await findWebhook(cli, ws, given)
    await cli.client().webhooks.remove(key, { signal: cli.signal })
    cli.out.show({ deleted: webhook.id }, () => cli.out.lines([`${webhook.name} is deleted.`]))
  })
