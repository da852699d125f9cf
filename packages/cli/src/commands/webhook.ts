import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { webhookAdd } from './webhook/add.ts'
import { webhookDelete, webhookDisable, webhookEnable, webhookRotate } from './webhook/change.ts'
import { webhookDeliveries } from './webhook/deliveries.ts'
import { webhookList } from './webhook/list.ts'

export function webhook(command: Command, cli: Cli) {
  const add = (name: string, description: string) => command.command(name).description(description)
  const ofOne = (name: string, description: string) =>
    add(name, description)
      .argument('<ws>', 'workspace: name, path or id')
      .argument('<webhook>', 'its name or id')
  webhookList(add('list', 'List the webhooks of a workspace'), cli)
  webhookAdd(add('add', 'Ask a workspace for work by signed deliveries from outside'), cli)
  webhookRotate(ofOne('rotate', 'Give it another secret, and print it'), cli)
  webhookDeliveries(ofOne('deliveries', 'List its last deliveries, newest first'), cli)
  webhookEnable(ofOne('enable', 'Take its deliveries again'), cli)
  webhookDisable(ofOne('disable', 'Refuse its deliveries'), cli)
  webhookDelete(ofOne('delete', 'Delete it; work that it asked for goes on'), cli)
}
