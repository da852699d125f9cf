import type { WorkspaceId } from '@molecule/contract/id'
import { type RawBuilder, sql } from 'kysely'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Tx, WorkspaceRow } from '../../db/tables.ts'

export type Wish = Partial<
  Pick<WorkspaceRow, 'desiredState' | 'pausedBy' | 'pausedFrom' | 'purgeRequestedAt'>
>

/** The columns of a demand for a fresh start, which also forgets earlier failures. */
const freshStart = (): { restartGeneration: RawBuilder<number>; startFailures: 0 } => ({
  restartGeneration: sql<number>`generation + 1`,
  startFailures: 0,
})

/** How a wish to run comes true: by a start of its own, and without what programs remember. */
type Start = { isFreshStart?: boolean; resetSession?: boolean }

/** Writes a wish as the next generation of a row that the caller has locked. A controller makes it true. */
export async function writeWish(
  tx: Tx,
  id: WorkspaceId,
  wish: Wish,
  { isFreshStart = false, resetSession = false }: Start = {},
): Promise<WorkspaceRow> {
  return tx
    .updateTable('workspaces')
    .set({
      ...wish,
      ...(isFreshStart ? freshStart() : {}),
      ...(resetSession ? { sessionGeneration: sql<number>`generation + 1` } : {}),
      generation: sql`generation + 1`,
      nextStartAt: null,
      rev: sql`rev + 1`,
      updatedAt: await dbNow(tx),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/**
 * Runs again. Always by a fresh start: the former one was refused from the moment of the wish against it, so what of it
 * still lives has begun to end.
 */
export const wishRunning = (
  tx: Tx,
  id: WorkspaceId,
  { resetSession = false }: Pick<Start, 'resetSession'> = {},
): Promise<WorkspaceRow> =>
  writeWish(
    tx,
    id,
    { desiredState: 'running', pausedBy: null, pausedFrom: null },
    { isFreshStart: true, resetSession },
  )
