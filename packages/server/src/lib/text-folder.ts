import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

export type TextFiles = ReadonlyMap<string, string>

const MOST_FILES = 2000
const MOST_BYTES = 2_000_000
const passedOver = new Set(['.git', 'node_modules'])

/** The text files below a folder, by their path in it. Throws for a link in it, and for too many files. */
export async function readTextFolder(folder: string): Promise<TextFiles> {
  const files = new Map<string, string>()
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).split(sep).join('/')
    if (name.split('/').some((part) => passedOver.has(part))) continue
    if (entry.isSymbolicLink()) throw new Error(`${name} is a link, and a template holds none`)
    const text = entry.isFile() ? await textOf(path) : undefined
    if (text !== undefined) files.set(name, text)
    if (files.size > MOST_FILES) throw new Error(`it holds more than ${MOST_FILES} files`)
  }
  return files
}

async function textOf(path: string): Promise<string | undefined> {
  const { size } = await stat(path)
  const content = size > MOST_BYTES ? undefined : await readFile(path)
  return content === undefined || content.includes(0) ? undefined : content.toString()
}
