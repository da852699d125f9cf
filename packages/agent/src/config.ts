import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { HostConfig } from '@molecule/contract/config'
import type { Reason } from '@molecule/contract/workspace'
import type { ServerLink } from './server-link.ts'

/** Where the files lie, which version they are, and which of them make the prompt. */
export type LaidConfig = {
  readonly folder: string
  readonly version: number
  readonly promptFiles: readonly string[]
}

/**
 * Lays the configuration of the workspace into a folder of this start: all of its files, and none of an earlier version. Asks
 * until the server answers; a disk that takes no more is a reason.
 */
export async function layConfig(
  hostDir: string,
  link: ServerLink,
  signal: AbortSignal,
): Promise<LaidConfig | { readonly reason: Reason }> {
  const { version, files, prompt_files } = await link.insist(
    (client, call) => client.config(call),
    signal,
  )
  const folder = join(hostDir, 'config')
  try {
    await write(folder, files)
    return { folder, version, promptFiles: prompt_files }
  } catch (error) {
    return { reason: unwritable(folder, error) }
  }
}

export type ConfigKeeper = ReturnType<typeof configKeeper>

/** The configuration as it lies there now, laid anew when a task is to be worked on with a newer one. */
export function configKeeper(hostDir: string, link: ServerLink, first: LaidConfig) {
  let present = first
  let last: Promise<unknown> = Promise.resolve()
  const lay = async (version: number, signal: AbortSignal): Promise<Reason | undefined> => {
    if (version <= present.version) return undefined
    const laid = await layConfig(hostDir, link, signal)
    if ('reason' in laid) return laid.reason
    present = laid
    return undefined
  }
  return {
    present: () => present,
    /** Why it cannot be laid, if so. One at a time: they share a folder. */
    reach(version: number, signal: AbortSignal): Promise<Reason | undefined> {
      const mine = last.then(() => lay(version, signal))
      last = mine.catch(() => {})
      return mine
    },
  }
}

/** Beside its place first: whoever looks there finds a whole one. */
async function write(folder: string, files: HostConfig['files']): Promise<void> {
  const next = `${folder}.next`
  await rm(next, { recursive: true, force: true })
  await mkdir(next, { recursive: true })
  for (const [path, content] of Object.entries(files)) {
    const place = placeIn(next, path)
    await mkdir(dirname(place), { recursive: true })
    await writeFile(place, content)
  }
  await rm(folder, { recursive: true, force: true })
  await rename(next, folder)
}

function placeIn(folder: string, path: string): string {
  const place = resolve(folder, path)
  const below = relative(folder, place)
  if (below === '' || below === '..' || below.startsWith(`..${sep}`))
    throw new Error(`the path ${JSON.stringify(path)} leads out of it`)
  return place
}

const unwritable = (folder: string, error: unknown): Reason => ({
  code: 'config_unwritable',
  detail: `The configuration cannot be written to ${folder}: ${error instanceof Error ? error.message : String(error)}`,
  hint: 'Make room and give the folder back to the user of the agent host, then restart the workspace.',
})
