import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { scheduleAdd } from './schedule/add.ts'
import { scheduleDelete, scheduleDisable, scheduleEnable, scheduleRun } from './schedule/change.ts'
import { scheduleHistory } from './schedule/history.ts'
import { scheduleList } from './schedule/list.ts'

export function schedule(command: Command, cli: Cli) {
  const add = (name: string, description: string) => command.command(name).description(description)
  const ofOne = (name: string, description: string) =>
    add(name, description)
      .argument('<ws>', 'workspace: name, path or id')
      .argument('<schedule>', 'its name or id')
  scheduleList(add('list', 'List the schedules of a workspace, or how all of them do'), cli)
  scheduleAdd(add('add', 'Ask a workspace for work by the clock'), cli)
  scheduleRun(ofOne('run', 'Ask for its work now'), cli)
  scheduleHistory(ofOne('history', 'List its last times, newest first'), cli)
  scheduleEnable(ofOne('enable', 'Let its times count again, from now'), cli)
  scheduleDisable(ofOne('disable', 'Let its times pass'), cli)
  scheduleDelete(ofOne('delete', 'Delete it; work that it asked for goes on'), cli)
}
