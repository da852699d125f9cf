import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes a folder and those above it. A recursive `mkdir` never ends where the system takes no new folders, as below /proc. */
export async function makeFolder(folder: string, mode: number): Promise<void> {
  try {
    await mkdir(folder, { mode })
  } catch (error) {
    if (isCode(error, 'EEXIST') && (await isFolder(folder))) return
    if (!isCode(error, 'ENOENT') || (await isFolder(dirname(folder)))) throw error
    await makeFolder(dirname(folder), mode)
    await makeFolder(folder, mode)
  }
}

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )

const isCode = (error: unknown, code: string) =>
  error instanceof Error && 'code' in error && error.code === code
