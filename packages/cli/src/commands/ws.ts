import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { wsCollapse } from './ws/collapse.ts'
import { wsConnect } from './ws/connect.ts'
import { wsCreate } from './ws/create.ts'
import { wsDelete } from './ws/delete.ts'
import { wsGet } from './ws/get.ts'
import { wsHibernate, wsWake } from './ws/hibernate.ts'
import { wsList } from './ws/list.ts'
import { wsPause, wsResume } from './ws/pause.ts'
import { wsRestart } from './ws/restart.ts'
import { wsTree } from './ws/tree.ts'

export function ws(command: Command, cli: Cli) {
  const add = (name: string, description: string) => command.command(name).description(description)
  wsList(add('list', 'List all workspaces'), cli)
  wsCreate(add('create', 'Create a workspace'), cli)
  wsConnect(add('connect', 'Print how an agent that runs elsewhere joins'), cli)
  wsGet(add('get', 'Show one workspace'), cli)
  wsRestart(add('restart', 'Stop a workspace and start it again'), cli)
  wsTree(add('tree', 'Show a workspace and all below it with their open tasks'), cli)
  wsPause(add('pause', 'Stop a workspace and all below it until a resume'), cli)
  wsResume(add('resume', 'Start what the pause of a workspace stopped'), cli)
  wsHibernate(add('hibernate', 'Stop a workspace until its next task'), cli)
  wsWake(add('wake', 'Start a hibernated workspace'), cli)
  wsCollapse(add('collapse', 'Remove everything below a workspace'), cli)
  wsDelete(add('delete', 'Stop and remove a workspace and all below it'), cli)
}
