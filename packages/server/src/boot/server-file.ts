import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readIfThere, replaceFile } from './whole-file.ts'

export const serverFile = (dataDir: string) => join(dataDir, 'server.json')

/** The same in a folder that holds nothing else, which agents in a sandbox may see. */
export const hostServerFile = (dataDir: string) => join(dataDir, 'address', 'server.json')

const files = (dataDir: string) => [serverFile(dataDir), hostServerFile(dataDir)]

/** Tells programs of this machine where the server of a data folder listens. */
export async function writeServerFile(dataDir: string, url: string): Promise<void> {
  const told = { pid: process.pid, url, started_at: new Date().toISOString() }
  await mkdir(dirname(hostServerFile(dataDir)), { recursive: true })
  for (const file of files(dataDir)) await replaceFile(file, JSON.stringify(told))
}

/** Only its own: the next server may have begun. */
export async function removeServerFile(dataDir: string): Promise<void> {
  for (const file of files(dataDir)) {
    const text = await readIfThere(file)
    if (text?.includes(`"pid":${process.pid},`)) await rm(file, { force: true })
  }
}
