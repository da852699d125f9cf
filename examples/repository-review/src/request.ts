import { statSync } from 'node:fs'
import { isAbsolute } from 'node:path'

const afterPhrase = /\b(?:repository|folder|project) at\s+(?<path>.+)$/is
const quoted = /(?<quote>["'`])(?<path>\/.+)\k<quote>/s
const absolute = /(?:^|\s)(?<path>\/.+)$/s

/** The task as one specialist is told it. `repositoryIn` reads it back. */
export const reviewRequest = (focus: string, folder: string) =>
  `${focus}: review the repository at ${folder}.`

/** The folder a request such as `Review the repository at /srv/shop.` speaks of. */
export function repositoryIn(request: string): string {
  const candidates = [afterPhrase, quoted, absolute]
    .map((pattern) => pattern.exec(request)?.groups?.path)
    .filter((match) => match !== undefined)
    .flatMap(spellings)
  const folder = candidates.find(isFolder)
  if (folder) return folder
  const named = candidates[2] ?? ''
  throw new Error(
    named
      ? `${named} is not a folder on this machine. Name one by its absolute path.`
      : 'The request names no folder. Say: "Review the repository at /path/to/it."',
  )
}

/** A sentence ends in a full stop, and so may a path: the longest reading comes first. */
function spellings(match: string): [string, string, string] {
  const trimmed = match.trim().replace(/^["'`]|["'`]\.?$/g, '')
  return [match, trimmed, trimmed.replace(/\.$/, '')]
}

function isFolder(path: string): boolean {
  try {
    return isAbsolute(path) && statSync(path).isDirectory()
  } catch {
    return false // Not there, not readable, or no path at all.
  }
}
