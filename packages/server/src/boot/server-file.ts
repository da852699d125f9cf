import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfThere, replaceFile } from './whole-file.ts'

export const serverFile = (dataDir: string) => join(dataDir, 'server.json')

/** Tells programs of this machine where the server of a data folder listens. */
export const writeServerFile = (dataDir: string, url: string): Promise<void> =>
  replaceFile(
    serverFile(dataDir),
    JSON.stringify({ pid: process.pid, url, started_at: new Date().toISOString() }),
  )

/** Only its own: the next server may have begun. */
export async function removeServerFile(dataDir: string): Promise<void> {
  const text = await readIfThere(serverFile(dataDir))
  if (text?.includes(`"pid":${process.pid},`)) await rm(serverFile(dataDir), { force: true })
}
