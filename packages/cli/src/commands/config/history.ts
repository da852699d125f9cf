import type { ConfigVersion } from '@molecule/contract/config'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { usageError } from '../../cli-error.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import type { Column } from '../../output/table.ts'
import { since } from '../../output/time.ts'
import { tellSaved } from './saved.ts'

export const configHistory = (command: Command, cli: Cli) =>
  command.action(async (ws: string) => {
    const { out, signal } = cli
    const client = cli.client()
    const versions = await client.config.versions(await workspaceIdOf(client, ws, signal), {
      signal,
    })
    out.show(versions, () => {
      if (versions.length === 0) out.note(`Nobody has saved a configuration of ${ws} yet.`)
      else out.table(versions, columns)
    })
  })

const columns: Column<ConfigVersion>[] = [
  { title: 'VERSION', cell: ({ version }) => version, align: 'right' },
  { title: 'AGO', cell: ({ created_at }) => since(created_at), align: 'right' },
  { title: 'BY', cell: ({ author }) => author },
  { title: 'CHANGED', cell: ({ changed }) => changed.join(', '), canShrink: true },
  {
    title: 'NOTE',
    cell: ({ note, restored_from }) =>
      restored_from === null ? note : `version ${restored_from} again`,
    canShrink: true,
  },
]

export const configRestore = (command: Command, cli: Cli) =>
  command.argument('<version>', 'its number').action(async (ws: string, text: string) => {
    const { signal } = cli
    const version = Number(text)
    if (!Number.isInteger(version) || version < 1)
      throw usageError(`"${text}" is no version.`, `See them: molecule config history ${ws}`)
    const client = cli.client()
    const workspace = await workspaceIdOf(client, ws, signal)
    const { revision: base } = await client.config.get(workspace, { signal })
    const saved = await client.config.restore({ workspace, version }, { base }, { signal })
    tellSaved(cli, ws, saved)
  })
