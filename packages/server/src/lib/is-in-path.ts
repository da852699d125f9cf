import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/** Whether one of these folders, separated as in `PATH`, holds a program of this name. */
export async function isInPath(program: string, path: string): Promise<boolean> {
  const folders = path.split(delimiter).filter(Boolean)
  const looks = folders.map((folder) => access(join(folder, program), constants.X_OK))
  return (await Promise.allSettled(looks)).some(({ status }) => status === 'fulfilled')
}
