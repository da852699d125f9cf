import type { Readable } from 'node:stream'
import type { WorkspaceId } from '@molecule/contract/id'

export type Place = { workspaceId: WorkspaceId; id: string }

/** Where the bytes of chats are on this server. What they are is in the database. */
export type ChatFolder = {
  /** Whole, or not at all. */
  put(place: Place, bytes: Uint8Array): Promise<void>
  /** Nothing where it is not here: another server may have it. */
  read(place: Place): Promise<Readable | undefined>
  /** Also when there is none. */
  remove(place: Place): Promise<void>
  /** Those that anything is stored of. */
  workspaces(): Promise<WorkspaceId[]>
  /** What is stored of one, with the time it was written at. */
  list(workspaceId: WorkspaceId): Promise<{ id: string; writtenAt: number }[]>
}
