import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolder } from '../lib/make-folder.ts'
import { StartError } from './start-error.ts'

/** Held while a server works on a data folder; free the moment its process ends, however it ends. */
export type FolderLock = { release: () => void }

const OWNER_ONLY = 0o700

export async function openDataFolder(folder: string): Promise<FolderLock> {
  try {
    await makeFolder(folder, OWNER_ONLY)
    await access(folder, constants.W_OK | constants.X_OK)
    return lockFolder(folder)
  } catch (error) {
    throw error instanceof StartError ? error : unusable(folder, error)
  }
}

function lockFolder(folder: string): FolderLock {
  const lock = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 })
  try {
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw error
    throw new StartError(
      `Another server works on the data folder ${folder}.`,
      'Use that one, stop it with `npx molecule down`, or choose another folder with MOLECULE_DATA_DIR.',
    )
  }
  return {
    release() {
      if (lock.isOpen) lock.close()
    },
  }
}

const SQLITE_BUSY = 5
const isBusy = (error: unknown) =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY

const causes: Record<string, string> = {
  ENOENT: 'no folder can be made there',
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'a part of its path is a file',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
}

function unusable(folder: string, error: unknown): StartError {
  const message = error instanceof Error ? error.message : String(error)
  return new StartError(
    `The data folder ${folder} cannot be used: ${causes[codeOf(error)] ?? message}.`,
    'Make it a folder that this user may write in, or choose another with MOLECULE_DATA_DIR.',
  )
}

const codeOf = (error: unknown) =>
  error instanceof Error && 'code' in error ? String(error.code) : ''
