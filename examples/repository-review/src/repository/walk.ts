import { type Dirent, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { limits } from './limits.ts'

/** Folders that hold what tools made or fetched, or what is nobody's source. */
const skippedFolders: ReadonlySet<string> = new Set([
  '.cache',
  '.git',
  '.hg',
  '.next',
  '.svn',
  '.venv',
  '__pycache__',
  'bower_components',
  'build',
  'coverage',
  'data',
  'dist',
  'node_modules',
  'out',
  'target',
  'vendor',
  'venv',
])

/** The regular files below a folder. Symbolic links are not followed. */
export function walk(root: string): { files: string[]; cut: boolean } {
  const files: string[] = []
  const open = [{ folder: '', depth: 0 }]
  for (let next = open.pop(); next; next = open.pop()) {
    const { folder, depth } = next
    const entries = entriesOf(join(root, folder))
    const pathOf = ({ name }: Dirent) => (folder ? `${folder}/${name}` : name)
    files.push(...entries.filter((entry) => entry.isFile()).map(pathOf))
    if (files.length > limits.files) return { files, cut: true }
    if (depth === limits.folderDepth) continue
    for (const entry of entries)
      if (isOpened(entry)) open.push({ folder: pathOf(entry), depth: depth + 1 })
  }
  return { files, cut: false }
}

const isOpened = (entry: Dirent) => entry.isDirectory() && !skippedFolders.has(entry.name)

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return [] // Gone or not readable: nothing in it can be reviewed.
  }
}
