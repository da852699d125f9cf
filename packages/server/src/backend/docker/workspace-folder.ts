import { realpath } from 'node:fs/promises'
import { relative } from 'node:path'

/** A container sees all of the folder it works in. What would make it master of the machine must not be in there. */
export async function checkFolder(
  folder: string | null,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  if (folder === null) return
  const real = await realpath(folder).catch(() => undefined)
  if (real === undefined) throw new Error(`workspace_dir ${folder} does not exist on this machine`)
  for (const [what, path] of Object.entries(secrets)) {
    const secret = await realpath(path).catch(() => path)
    if (isWithin(real, secret) || isWithin(secret, real))
      throw new Error(
        `workspace_dir ${folder} would show the agent ${what} (${path}): name another folder`,
      )
  }
}

const isWithin = (folder: string, path: string) => !/^\.\.(\/|$)/.test(relative(folder, path))
