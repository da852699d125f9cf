import { readFile, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'

const usualFile = 'system-prompt.md'
/** Read as well where they are there, whatever the configuration names. */
const memoryFiles = ['MEMORY.md', 'USER.md']
/** Of one file. What is longer belongs into files that the agent reads when it needs them. */
const maxUnits = 200_000

/** The texts of the files that the configuration names, or its `system-prompt.md`; then what was noted about the work and its people. */
export async function promptFiles(folder: string, named: readonly string[]): Promise<string[]> {
  const paths = named.length > 0 ? named : [usualFile]
  const all = [...paths, ...memoryFiles.filter((path) => !paths.includes(path))]
  const texts = await Promise.all(all.map((path) => textIn(folder, path)))
  return texts.filter((text) => text !== '')
}

/** Nothing for a file that is not there, or lies elsewhere than below the folder. */
export async function textIn(folder: string, path: string): Promise<string> {
  try {
    const root = await realpath(folder)
    const place = await realpath(join(root, path))
    if (!place.startsWith(root + sep)) return ''
    const text = (await readFile(place, 'utf8')).trim()
    return text.length <= maxUnits ? text : `${text.slice(0, maxUnits)}\n[the rest is in ${place}]`
  } catch {
    return ''
  }
}
