import { MoleculeError } from '@molecule/sdk'
import type { Cli } from './cli.ts'

/** Names for the ids in a list; an id stays as it is when its workspace is gone or not ours to see. */
export async function workspaceNames(cli: Cli): Promise<(id: string) => string> {
  try {
    const workspaces = await cli.client().workspaces.list({ signal: cli.signal })
    const names = new Map<string, string>(workspaces.map(({ id, name }) => [id, name]))
    return (id) => names.get(id) ?? id
  } catch (error) {
    if (error instanceof MoleculeError) return (id) => id
    throw error
  }
}
