import { readStored, writeStored } from '../lib/browser-storage.ts'

/** What somebody has changed and not saved: texts by their path, null for a file that goes. */
export type ConfigDraft = {
  /** The revision that it began with. */
  base: string
  changes: Readonly<Record<string, string | null>>
  /** Why, for the history. */
  note: string
}

type Files = Readonly<Record<string, string>>

export const emptyDraft = (base: string): ConfigDraft => ({ base, changes: {}, note: '' })

export const isChanged = ({ changes }: ConfigDraft) => Object.keys(changes).length > 0

/** What is as it was saved is no change. */
export function changed(
  draft: ConfigDraft,
  saved: Files,
  path: string,
  text: string | null,
): ConfigDraft {
  const { [path]: _, ...others } = draft.changes
  const isSame = text === null ? !Object.hasOwn(saved, path) : saved[path] === text
  return { ...draft, changes: isSame ? others : { ...others, [path]: text } }
}

/** `config.yaml` first, then by name; those that go are left out. */
export function pathsOf({ changes }: ConfigDraft, saved: Files): string[] {
  const all = new Set([...Object.keys(saved), ...Object.keys(changes)])
  return [...all].filter((path) => changes[path] !== null).sort(byName)
}

const byName = (a: string, b: string) =>
  Number(b === 'config.yaml') - Number(a === 'config.yaml') || (a < b ? -1 : 1)

export const textAt = ({ changes }: ConfigDraft, saved: Files, path: string): string =>
  changes[path] ?? saved[path] ?? ''

/** What is left of a draft once what was asked has been saved: all that was typed meanwhile. */
export function afterSave(now: ConfigDraft, asked: ConfigDraft, revision: string): ConfigDraft {
  const left = Object.entries(now.changes).filter(([path, text]) => asked.changes[path] !== text)
  const note = now.note === asked.note ? '' : now.note
  return { base: revision, changes: Object.fromEntries(left), note }
}

/** What would be there once it is saved. */
export function savedWith({ changes }: ConfigDraft, saved: Files): Files {
  const entries = Object.entries({ ...saved, ...changes })
  return Object.fromEntries(
    entries.flatMap(([path, text]) => (text === null ? [] : [[path, text]])),
  )
}

/** Why a file cannot be called so; undefined where it can. */
export function pathProblem(path: string, taken: readonly string[]): string | undefined {
  const parts = path.split('/')
  if (path === '') return 'Give it a name.'
  if (path.startsWith('/') || path.includes('\\')) return 'Use a relative path with /.'
  if (parts.some((part) => part === '' || part === '.' || part === '..'))
    return 'No part of a path may be empty, "." or "..".'
  if (taken.includes(path)) return 'There is a file of this name.'
  if (taken.some((other) => other.startsWith(`${path}/`) || path.startsWith(`${other}/`)))
    return 'A file and a folder cannot have one name.'
  return undefined
}

const keyOf = (workspaceId: string) => `molecule.config.${workspaceId}`

/** It outlives closing the drawer and reloading the page. */
export function readConfigDraft(workspaceId: string): ConfigDraft | undefined {
  const stored = readStored(keyOf(workspaceId))
  try {
    return stored ? { ...emptyDraft(''), ...(JSON.parse(stored) as ConfigDraft) } : undefined
  } catch {
    return undefined
  }
}

export const writeConfigDraft = (workspaceId: string, draft: ConfigDraft | undefined) =>
  writeStored(keyOf(workspaceId), draft && isChanged(draft) ? JSON.stringify(draft) : null)
