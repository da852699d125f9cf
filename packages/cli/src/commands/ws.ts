import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { wsCreate } from './ws/create.ts'
import { wsDelete } from './ws/delete.ts'
import { wsGet } from './ws/get.ts'
import { wsList } from './ws/list.ts'
import { wsRestart } from './ws/restart.ts'

export function ws(command: Command, cli: Cli) {
  const add = (name: string, description: string) => command.command(name).description(description)
  wsList(add('list', 'List all workspaces'), cli)
  wsCreate(add('create', 'Create a workspace'), cli)
  wsGet(add('get', 'Show one workspace'), cli)
  wsRestart(add('restart', 'Stop a workspace and start it again'), cli)
  wsDelete(add('delete', 'Stop and remove a workspace and all below it'), cli)
}
