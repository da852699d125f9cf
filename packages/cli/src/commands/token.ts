import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { tokenCreate } from './token/create.ts'
import { tokenList } from './token/list.ts'
import { tokenRevoke } from './token/revoke.ts'
import { tokenRotate } from './token/rotate.ts'

export function token(command: Command, cli: Cli) {
  const add = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .option('--workspace <ws>', 'tokens of this workspace, not of the org: name, path or id')
  tokenList(add('list', 'List the tokens that are good, newest first'), cli)
  tokenCreate(add('create', 'Make a token and print it, once'), cli)
  tokenRotate(add('rotate', 'Put a new token in the place of an old one and print it, once'), cli)
  tokenRevoke(add('revoke', 'End a token at once'), cli)
}
