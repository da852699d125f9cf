import { folderOf, isMadeByTools, isTest } from '../repository/file-kind.ts'
import { limits } from '../repository/limits.ts'
import type { Repository } from '../repository/repository.ts'
import { jsonLines } from './json-lines.ts'

export type Json = Record<string, unknown>

/** A JSON file of the repository, and where in it a key stands. */
export type Document = {
  path: string
  folder: string
  json: Json
  lineOf: ReturnType<typeof jsonLines>
}

export type Project = {
  manifests: Document[]
  /** Manifests that are not JSON. */
  broken: string[]
  npmLocks: Document[]
  /** Lock files of any package manager. */
  locks: readonly { folder: string }[]
  /** Names of the packages that live in the repository itself. */
  ownNames: ReadonlySet<string>
}

/** The groups of dependencies that an installation brings in. */
export const groups = ['dependencies', 'devDependencies', 'optionalDependencies'] as const

const maxManifests = 1_000
const npmLock = /(?:^|\/)(?:package-lock|npm-shrinkwrap)\.json$/
const anyLock =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?)$/

export function readProject(repository: Repository): Project {
  const own = repository.files.filter((path) => !isTest(path) && !isMadeByTools(path))
  const paths = own.filter((path) => /(?:^|\/)package\.json$/.test(path)).slice(0, maxManifests)
  const manifests: Document[] = []
  const broken: string[] = []
  for (const path of paths) {
    const text = repository.text(path)
    const manifest = text === undefined ? undefined : parseDocument(path, text)
    if (manifest) manifests.push(manifest)
    else if (text !== undefined) broken.push(path)
  }
  return {
    manifests,
    broken,
    npmLocks: own
      .filter((path) => npmLock.test(path))
      .flatMap((path) => readLock(repository, path)),
    locks: own.filter((path) => anyLock.test(path)).map((path) => ({ folder: folderOf(path) })),
    ownNames: new Set(manifests.map(({ json }) => String(json.name))),
  }
}

function readLock(repository: Repository, path: string): Document[] {
  const lock = parseDocument(path, repository.text(path, limits.lockFileBytes) ?? '')
  return lock ? [lock] : []
}

function parseDocument(path: string, text: string): Document | undefined {
  try {
    const json: unknown = JSON.parse(text)
    if (!isObject(json)) return undefined
    let lineOf: ReturnType<typeof jsonLines> | undefined
    const lazily = (...key: string[]) => {
      lineOf ??= jsonLines(text)
      return lineOf(...key)
    }
    return { path, folder: folderOf(path), json, lineOf: lazily }
  } catch {
    return undefined
  }
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function entriesOf(json: Json, key: string): [string, string][] {
  const value = json[key]
  if (!isObject(value)) return []
  return Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
}

/** The one in the nearest folder at or above: what governs `folder`. */
export function nearest<T extends { folder: string }>(folder: string, all: readonly T[]) {
  return all
    .filter((one) => one.folder === '' || `${folder}/`.startsWith(`${one.folder}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0]
}
