import { open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { WorkspaceId } from '@molecule/contract/id'
import type { ChatFolder, Place } from '../../domain/chat-file/chat-folder.ts'
import { makeFolder } from '../../lib/make-folder.ts'

const OWNER_ONLY = 0o700
const OWNER_READS = 0o600

/** A folder on this machine with one folder for each workspace. */
export function chatFolder(folder: string): ChatFolder {
  const folderOf = (workspaceId: WorkspaceId) => join(folder, workspaceId)
  const fileOf = ({ workspaceId, id }: Place) => join(folderOf(workspaceId), id)
  return {
    async put(place, bytes) {
      await makeFolder(folderOf(place.workspaceId), OWNER_ONLY)
      const part = `${fileOf(place)}.part`
      const file = await open(part, 'wx', OWNER_READS)
      try {
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(part, fileOf(place))
    },
    async read(place) {
      const file = await open(fileOf(place)).catch(unlessMissing)
      return file?.createReadStream()
    },
    async remove(place) {
      await rm(fileOf(place), { force: true })
      await rm(`${fileOf(place)}.part`, { force: true })
      await rmdir(folderOf(place.workspaceId)).catch(() => undefined)
    },
    async workspaces() {
      const names = (await readdir(folder).catch(unlessMissing)) ?? []
      return names.flatMap((name) => WorkspaceId.safeParse(name).data ?? [])
    },
    async list(workspaceId) {
      const names = (await readdir(folderOf(workspaceId)).catch(unlessMissing)) ?? []
      const found = await Promise.all(
        names.map(async (name) => {
          const told = await stat(join(folderOf(workspaceId), name)).catch(unlessMissing)
          return told ? [{ id: name.replace(/\.part$/, ''), writtenAt: told.mtimeMs }] : []
        }),
      )
      return found.flat()
    },
  }
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
