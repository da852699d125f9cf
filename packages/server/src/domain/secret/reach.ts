import type { SecretEntry } from '@molecule/contract/secret'
import type { WorkspaceRow } from '../../db/tables.ts'
import type { SealedSecret } from './secret-store.ts'

/** A secret as it reaches a workspace. */
export type Reaching = { row: SealedSecret; overridesGlobal: boolean }

/**
 * What is said of the workspace wins over what is said of the org: its own secret hides a global one, and so does its
 * configuration. Between its own secret and its configuration the secret wins, for which the host sees.
 */
export function reachOf(
  rows: readonly SealedSecret[],
  { runtimeConfig }: Pick<WorkspaceRow, 'runtimeConfig'>,
): Reaching[] {
  const global = rows.filter((row) => row.workspaceId === null)
  const own = rows.filter((row) => row.workspaceId !== null)
  const hidden = new Set([...own.map((row) => row.name), ...configuredNames(runtimeConfig)])
  const globalNames = new Set(global.map((row) => row.name))
  const reaching = [
    ...own.map((row) => ({ row, overridesGlobal: globalNames.has(row.name) })),
    ...global
      .filter((row) => !hidden.has(row.name))
      .map((row) => ({ row, overridesGlobal: false })),
  ]
  return reaching.sort((a, b) => (a.row.name < b.row.name ? -1 : 1))
}

/** What the configuration of a workspace sets in the environment of its programs. */
export function configuredNames({ env }: Record<string, unknown>): string[] {
  return typeof env === 'object' && env !== null ? Object.keys(env) : []
}

const time = (ms: number) => new Date(ms).toISOString()

export const secretToWire = ({ row, overridesGlobal }: Reaching): SecretEntry => ({
  key: row.name,
  has_value: true,
  scope: row.workspaceId === null ? 'global' : 'workspace',
  overrides_global: overridesGlobal,
  created_by: row.createdBy,
  created_at: time(row.createdAt),
  updated_at: time(row.updatedAt),
})
