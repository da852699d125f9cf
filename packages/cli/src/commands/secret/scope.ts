import type { Workspace } from '@molecule/contract/workspace'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { workspaceIdOf } from '../../find-workspace.ts'

export type ScopeOption = { workspace?: string }

export const withScope = (command: Command, what: string) =>
  command.option('--workspace <ws>', `${what}: name, path or id`)

/** The id of the workspace that was named; undefined for the whole organization. */
export async function scopeOf(
  cli: Cli,
  { workspace }: ScopeOption,
): Promise<Workspace['id'] | undefined> {
  return workspace === undefined ? undefined : workspaceIdOf(cli.client(), workspace, cli.signal)
}
