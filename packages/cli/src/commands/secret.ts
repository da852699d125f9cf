import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { secretDelete } from './secret/delete.ts'
import { secretList } from './secret/list.ts'
import { secretRestart } from './secret/restart.ts'
import { secretRotateKey } from './secret/rotate-key.ts'
import { secretSet } from './secret/set.ts'

export function secret(command: Command, cli: Cli) {
  command.alias('secrets')
  const add = (name: string, description: string) => command.command(name).description(description)
  secretList(add('list', 'List secrets by name; values are never shown'), cli)
  secretSet(add('set', 'Store a secret, its value from a prompt or standard input'), cli)
  secretDelete(add('delete', 'Delete a secret'), cli)
  secretRestart(add('restart', 'Restart what runs with older values, each when it is idle'), cli)
  secretRotateKey(add('rotate-key', 'Encrypt every secret again under a new data key'), cli)
}
