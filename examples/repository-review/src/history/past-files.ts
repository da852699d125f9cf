import type { Git } from '../repository/git.ts'
import { limits } from '../repository/limits.ts'

export type PastFile = { commit: string; path: string; blob: string }

const rawArgs = [
  'log',
  '--all',
  '--full-history',
  '--raw',
  '-z',
  '--no-abbrev',
  '--no-renames',
  '--no-show-signature',
  '--relative',
  '--diff-filter=AM',
  '--format=commit %H',
  `--max-count=${limits.commits}`,
  '--',
  '.',
]

/** Every version of a file that a commit brought in, newest commit first. */
export async function readPastFiles(git: Git, signal: AbortSignal) {
  const { text, cut } = await git.text({ args: rawArgs, maxBytes: limits.gitListBytes, signal })
  const files: PastFile[] = []
  const fields = text.split('\0')
  let commit = ''
  for (let i = 0; i < fields.length; i++) {
    const field = (fields[i] ?? '').trimStart()
    if (field.startsWith('commit ')) commit = field.slice('commit '.length).trimEnd()
    const blob = blobOf(field)
    const path = blob && fields[++i]
    if (blob && path) files.push({ commit, path, blob })
  }
  return { files, cut }
}

/** Of `:<mode> <mode> <blob> <blob> <status>`; links to other repositories have no blob here. */
function blobOf(field: string): string | undefined {
  if (!field.startsWith(':')) return undefined
  const [, mode, , blob] = field.split(' ')
  return mode === '160000' ? 'none' : blob
}

/** Sizes in bytes, for the blobs that are here. */
export async function blobSizes(git: Git, blobs: readonly string[], signal: AbortSignal) {
  const { text } = await git.text({
    args: ['cat-file', '--batch-check=%(objectname) %(objecttype) %(objectsize)'],
    input: blobs.map((blob) => `${blob}\n`).join(''),
    maxBytes: limits.gitListBytes,
    signal,
  })
  const sizes = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [blob, type, size] = line.split(' ')
    if (blob && type === 'blob') sizes.set(blob, Number(size))
  }
  return sizes
}
