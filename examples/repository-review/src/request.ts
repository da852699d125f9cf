import { statSync } from 'node:fs'
import { isAbsolute } from 'node:path'

const afterPhrase = /\b(?:repository|folder|project) at\s+(.+)$/is
const quoted = /["'`](\/.+?)["'`]/s
const absolute = /(?:^|\s)(\/.+)$/s

/** The task as one specialist is told it. `repositoryIn` reads it back. */
export const reviewRequest = (focus: string, folder: string) =>
  `${focus}: review the repository at ${folder}.`

/** The folder a request such as `Review the repository at /srv/shop.` speaks of. */
export function repositoryIn(request: string): string {
  const candidates = [afterPhrase, quoted, absolute]
    .map((pattern) => pattern.exec(request)?.[1])
    .filter((match) => match !== undefined)
    .flatMap(spellings)
  const folder = candidates.find(isFolder)
  if (folder) return folder
  throw new Error(
    candidates[0]
      ? `${candidates[0]} is not a folder on this machine. Name one by its absolute path.`
      : 'The request names no folder. Say: "Review the repository at /path/to/it."',
  )
}

/** A sentence ends in a full stop, and so may a path: the longer reading comes first. */
function spellings(match: string): string[] {
  const trimmed = match.trim().replace(/^["'`]|["'`]\.?$/g, '')
  return [match, trimmed, trimmed.replace(/\.$/, '')]
}

function isFolder(path: string): boolean {
  return isAbsolute(path) && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false)
}
