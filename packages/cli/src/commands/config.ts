import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { configSet, configUnset } from './config/edit.ts'
import { configPull, configPush } from './config/folder.ts'
import { configHistory, configRestore } from './config/history.ts'
import { configShow } from './config/show.ts'

export function config(command: Command, cli: Cli) {
  const of = (name: string, description: string) =>
    command.command(name).description(description).argument('<ws>', 'workspace: name, path or id')
  configShow(of('show', 'Print a file of the configuration, or list its files'), cli)
  configSet(of('set', 'Set keys of config.yaml; its comments stay'), cli)
  configUnset(of('unset', 'Remove keys of config.yaml; its comments stay'), cli)
  configPull(of('pull', 'Write the files of the configuration into a folder'), cli)
  configPush(of('push', 'Save the files of that folder as the next version'), cli)
  configHistory(of('history', 'List the versions, newest first'), cli)
  configRestore(of('restore', 'Save the files of an earlier version as the next one'), cli)
}
