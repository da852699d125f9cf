import type { Dependent } from '@molecule/contract/secret'
import { sql } from 'kysely'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Queryable, Tx, WorkspaceRow } from '../../db/tables.ts'
import { isStartedByUs } from '../workspace/external.ts'
import { needsRestart } from '../workspace/workspace-wire.ts'
import { MISSING_ENV } from './missing-env.ts'
import { configuredNames } from './reach.ts'
import type { SecretPlace } from './secret-cipher.ts'

/** Live workspaces whose programs get this secret from us, in order of their ids. */
export async function dependentsOf(db: Queryable, place: SecretPlace): Promise<WorkspaceRow[]> {
  const { orgId, workspaceId, name } = place
  const rows = await db
    .selectFrom('workspaces')
    .selectAll()
    .where('orgId', '=', orgId)
    .where('desiredState', '<>', 'removed')
    // An outside agent reads its secrets when it likes, and is not ours to restart.
    .where(isStartedByUs)
    .$if(workspaceId !== null, (query) => query.where('id', '=', workspaceId as WorkspaceRow['id']))
    .$if(workspaceId === null, (query) =>
      query.where((is) =>
        is.not(
          is.exists(
            is
              .selectFrom('secrets')
              .select('secrets.id')
              .whereRef('secrets.workspaceId', '=', 'workspaces.id')
              .where('secrets.name', '=', name),
          ),
        ),
      ),
    )
    .orderBy('id')
    .execute()
  if (workspaceId !== null) return rows
  return rows.filter((row) => !configuredNames(row.runtimeConfig).includes(name))
}

/** Writes that their present starts have an older value. The caller records the events, after the audit. */
export async function markOutdated(tx: Tx, rows: readonly WorkspaceRow[]): Promise<WorkspaceRow[]> {
  const updatedAt = await dbNow(tx)
  const changed: WorkspaceRow[] = []
  for (const { id, failureReason } of rows) {
    await lockRow(tx, 'workspaces', id)
    // What could not start for want of a value tries again now that there is another.
    const again = failureReason?.code === MISSING_ENV ? { nextStartAt: updatedAt } : {}
    const row = await tx
      .updateTable('workspaces')
      .set({
        generation: sql`generation + 1`,
        configGeneration: sql`generation + 1`,
        rev: sql`rev + 1`,
        updatedAt,
        ...again,
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow()
    changed.push(row)
  }
  return changed
}

export const dependentToWire = ({ id, name }: WorkspaceRow): Dependent => ({ id, name })

/** Of these, whoever runs with an older value. */
export const outdated = (rows: readonly WorkspaceRow[]): Dependent[] =>
  rows.filter(needsRestart).map(dependentToWire)
