import { lstatSync, readFileSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Git, gitIn } from './git.ts'
import { count, limits } from './limits.ts'
import { walk } from './walk.ts'

export type Repository = {
  name: string
  root: string
  /** Sorted, relative, with `/`. */
  files: readonly string[]
  /** Undefined for what is no regular text file, is gone, or is larger than `maxBytes`. */
  text: (path: string, maxBytes?: number) => string | undefined
  /** Undefined without the git program and outside a repository. */
  git: Git | undefined
  /** What limits the review, known so far. */
  notes: () => string[]
}

type Listing = { files: string[]; cut: boolean; git: Git | undefined; note?: string }

const binaryProbeChars = 8_000

export async function openRepository(
  folder: string,
  options: { signal: AbortSignal; gitProgram?: string },
): Promise<Repository> {
  const root = realpathSync(folder)
  const listing = await listFiles(root, options)
  const oversized = new Set<string>()
  const files = [...new Set(listing.files)].sort().slice(0, limits.files)
  return {
    name: basename(root) || root,
    root,
    files,
    git: listing.git,
    text(path, maxBytes = limits.fileBytes) {
      const { text, tooLarge } = readText(join(root, path), maxBytes)
      if (tooLarge) oversized.add(path)
      return text
    },
    notes: () => [
      ...(listing.note ? [listing.note] : []),
      ...(listing.cut ? [`Only the first ${count(limits.files, 'file')} were reviewed.`] : []),
      ...(oversized.size > 0
        ? [`${count(oversized.size, 'file')} too large to read: ${some([...oversized])}.`]
        : []),
    ],
  }
}

async function listFiles(
  root: string,
  { signal, gitProgram }: { signal: AbortSignal; gitProgram?: string },
): Promise<Listing> {
  const git = gitIn(root, gitProgram)
  try {
    const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
    const { text, cut } = await git.text({ args, maxBytes: limits.gitListBytes, signal })
    const files = text.split('\0').slice(0, -1)
    if (files.length > 0) return { files, cut: cut || files.length > limits.files, git }
    return filesOnly(root, 'No file in this folder is known to git')
  } catch (error) {
    if (signal.aborted) throw error
    return filesOnly(root, whyNoGit(error))
  }
}

const filesOnly = (root: string, why: string): Listing => ({
  ...walk(root),
  git: undefined,
  note: `${why}: the files were reviewed, the history was not.`,
})

function whyNoGit(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  // A folder of PATH that may not be searched makes it EACCES.
  if (/^spawn .*(ENOENT|EACCES)/.test(message)) return 'The git program is not installed'
  if (message.includes('not a git repository')) return 'This folder is not a git repository'
  return `Git cannot read this repository (${message.split('\n')[0]})`
}

function readText(path: string, maxBytes: number): { text?: string; tooLarge?: boolean } {
  try {
    const stat = lstatSync(path)
    if (!stat.isFile()) return {}
    if (stat.size > maxBytes) return { tooLarge: true }
    const text = readFileSync(path, 'utf8')
    return text.slice(0, binaryProbeChars).includes('\0') ? {} : { text }
  } catch {
    return {}
  }
}

/** The first few of a list, for a sentence. */
export function some(items: readonly string[], shown = 3): string {
  const rest = items.length - shown
  return items.slice(0, shown).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
