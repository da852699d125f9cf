import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { usageError } from '../../cli-error.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import { tellSaved } from './saved.ts'

type Options = { note?: string }

export const configSet = (command: Command, cli: Cli) =>
  command
    .argument('<key=value...>', 'dots between keys; a value is JSON, or text')
    .option('--note <text>', 'why, for the history')
    .action(async (ws: string, pairs: string[], options: Options) => {
      const set = Object.fromEntries(pairs.map(pairOf))
      const client = cli.client()
      const id = await workspaceIdOf(client, ws, cli.signal)
      tellSaved(cli, ws, await client.config.edit(id, { set, ...options }, { signal: cli.signal }))
    })

export const configUnset = (command: Command, cli: Cli) =>
  command
    .argument('<key...>', 'dots between keys')
    .option('--note <text>', 'why, for the history')
    .action(async (ws: string, unset: string[], options: Options) => {
      const client = cli.client()
      const id = await workspaceIdOf(client, ws, cli.signal)
      const body = { unset, ...options }
      tellSaved(cli, ws, await client.config.edit(id, body, { signal: cli.signal }))
    })

function pairOf(text: string): [string, unknown] {
  const at = text.indexOf('=')
  if (at < 1) throw usageError(`"${text}" sets nothing.`, 'Write key=value, as in effort=high.')
  return [text.slice(0, at), valueFrom(text.slice(at + 1))]
}

function valueFrom(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
