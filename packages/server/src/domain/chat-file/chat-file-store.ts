import type { WorkspaceId } from '@molecule/contract/id'
import type { ChatFileRow, Queryable, Tx } from '../../db/tables.ts'
import { wake } from '../wake.ts'

/** Woken when rows are gone whose bytes may be here. */
export const CHAT_FILES = 'chat-files'

export const findChatFile = (
  db: Queryable,
  workspaceId: WorkspaceId,
  id: string,
): Promise<ChatFileRow | undefined> =>
  db
    .selectFrom('chatFiles')
    .selectAll()
    .where('id', '=', id)
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirst()

export async function idsOfChat(db: Queryable, workspaceId: WorkspaceId): Promise<Set<string>> {
  const rows = await db
    .selectFrom('chatFiles')
    .select('id')
    .where('workspaceId', '=', workspaceId)
    .execute()
  return new Set(rows.map(({ id }) => id))
}

export async function storedBytes(db: Queryable, workspaceId: WorkspaceId): Promise<number> {
  const { total } = await db
    .selectFrom('chatFiles')
    .select(({ fn }) => fn.sum<number | string | null>('sizeBytes').as('total'))
    .where('workspaceId', '=', workspaceId)
    .executeTakeFirstOrThrow()
  return Number(total ?? 0)
}

/** With what else its workspace stored; the bytes follow. */
export async function forgetChat(tx: Tx, workspaceId: WorkspaceId): Promise<void> {
  await tx.deleteFrom('chatFiles').where('workspaceId', '=', workspaceId).execute()
  wake(tx, CHAT_FILES)
}
