import type { SecretValues } from '@molecule/contract/secret'
import type { Reason } from '@molecule/contract/workspace'
import { MoleculeError } from '@molecule/sdk'
import type { ServerLink } from './server-link.ts'

type Fetched = { readonly values: SecretValues } | { readonly reason: Reason }

/** Asks until the server answers: with all of them, or with the names of those that nobody can read. */
export async function fetchSecrets(link: ServerLink, signal: AbortSignal): Promise<Fetched> {
  try {
    return { values: await link.insist((client, call) => client.secrets(call), signal) }
  } catch (error) {
    if (error instanceof MoleculeError && error.code === 'secrets_unreadable')
      return { reason: unreadable(error.problem.extra?.failed_keys) }
    throw error
  }
}

function unreadable(failedKeys: unknown): Reason {
  const names = Array.isArray(failedKeys) ? failedKeys.join(', ') : 'some of them'
  return {
    code: 'secrets_unreadable',
    detail: `The secrets of this workspace cannot be read: ${names}. Nothing was started with only a part of them.`,
    hint: `Save each of them again (molecule secret set <name>), then restart the workspace.`,
  }
}
