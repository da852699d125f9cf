import { RequiredEnv } from '@molecule/contract/workspace'
import type { Queryable, WorkspaceRow } from '../../db/tables.ts'
import { runtimeNamed } from '../runtime/runtime.ts'
import { configuredNames, reachOf } from './reach.ts'
import { secretsFor } from './secret-store.ts'

/** The code of the reason for which a start that lacks something fails. */
export const MISSING_ENV = 'missing_env'

/**
 * What a start would lack: names that its runtime or its own configuration requires, and that neither its secrets nor
 * its configuration have. Of alternatives none of which is there, all are named, joined by "or".
 */
export async function missingEnv(db: Queryable, row: WorkspaceRow): Promise<string[]> {
  const required = [...runtimeNamed(row.runtime).requiredEnv, ...ownRequirements(row)]
  if (required.length === 0) return []
  const secrets = reachOf(await secretsFor(db, row), row).map((reaching) => reaching.row.name)
  const there = new Set([...secrets, ...configuredNames(row.runtimeConfig)])
  return required
    .map((need) => (typeof need === 'string' ? [need] : need))
    .filter((alternatives) => !alternatives.some((name) => there.has(name)))
    .map((alternatives) => alternatives.join(' or '))
}

function ownRequirements({ runtimeConfig }: WorkspaceRow): RequiredEnv {
  const parsed = RequiredEnv.safeParse(runtimeConfig.required_env)
  return parsed.success ? parsed.data : []
}
