import type { WorkspaceId } from '@molecule/contract/id'
import type { Db } from '../db/tables.ts'
import { idsOfChat } from '../domain/chat-file/chat-file-store.ts'
import type { ChatFolder } from '../domain/chat-file/chat-folder.ts'
import { workspaceById } from '../domain/workspace/workspace-store.ts'
import type { Clock } from '../lib/clock.ts'
import type { Controller, Log } from './supervise.ts'

type Options = { db: Db; log: Log; clock: Clock; chatFolder: ChatFolder }

const EVERY_MS = 3600_000
/** Bytes are written before their row: younger ones may still get it. */
const UPLOAD_MS = 3600_000

/** Removes bytes that have no row: of a workspace that was purged, or of an upload that broke off. */
export function chatFileSweeper({ db, log, clock, chatFolder }: Options): Controller {
  const sweep = async (workspaceId: WorkspaceId) => {
    const stored = await chatFolder.list(workspaceId)
    const known = await idsOfChat(db, workspaceId)
    const row = await workspaceById(db, workspaceId)
    const isPurged = row === undefined || row.purgedAt !== null
    const before = isPurged ? Number.POSITIVE_INFINITY : clock.now() - UPLOAD_MS
    const lost = stored.filter(({ id, writtenAt }) => !known.has(id) && writtenAt < before)
    for (const { id } of lost) await chatFolder.remove({ workspaceId, id })
    return lost.length
  }
  return {
    name: 'chat-files',
    everyMs: EVERY_MS,
    async round(signal) {
      let removed = 0
      for (const workspaceId of await chatFolder.workspaces())
        if (!signal.aborted) removed += await sweep(workspaceId)
      if (removed > 0) log.info({ removed }, 'removed files of chats that nothing names')
    },
  }
}
