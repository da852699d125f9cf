import { randomUUID } from 'node:crypto'
import type { WorkspaceId } from '@molecule/contract/id'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { ChatFileRow, Db, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError } from '../error.ts'
import { actorOf, type Principal } from '../identity/principal.ts'
import { lockLive } from '../workspace/lock-live.ts'
import { storedBytes } from './chat-file-store.ts'
import type { ChatFolder } from './chat-folder.ts'

/** What the chat of one workspace may hold. */
const MAX_STORED_BYTES = 1024 * 1024 * 1024

export type SentFile = { name: string; mimeType: string; bytes: Uint8Array }

/** The bytes first: a row always has them. All of the files, or none. */
export async function saveChatFiles(
  { db, chatFolder }: { db: Db; chatFolder: ChatFolder },
  principal: Principal,
  workspaceId: WorkspaceId,
  sent: readonly SentFile[],
): Promise<ChatFileRow[]> {
  const files = sent.map((file) => ({ ...file, place: { workspaceId, id: randomUUID() } }))
  try {
    for (const { place, bytes } of files) await chatFolder.put(place, bytes)
    return await transact(db, async (tx) => {
      const { orgId } = await lockLive(tx, principal, workspaceId)
      await checkRoom(tx, workspaceId, files)
      const createdAt = await dbNow(tx)
      const rows = files.map(({ place, name, mimeType, bytes }) => ({
        ...place,
        orgId,
        name,
        mimeType,
        sizeBytes: bytes.byteLength,
        sentBy: actorOf(principal),
        createdAt,
      }))
      await tx.insertInto('chatFiles').values(rows).execute()
      return rows
    })
  } catch (error) {
    for (const { place } of files) await chatFolder.remove(place)
    throw error
  }
}

async function checkRoom(
  tx: Tx,
  workspaceId: WorkspaceId,
  files: readonly SentFile[],
): Promise<void> {
  const more = files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
  if ((await storedBytes(tx, workspaceId)) + more <= MAX_STORED_BYTES) return
  throw new DomainError('limit_reached', 'the chat of this workspace holds 1 GiB of files', {
    hint: 'Put large content where its readers reach it, and name that address as the uri of an attachment.',
  })
}
