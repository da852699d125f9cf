import type { Right } from '@molecule/contract/identity'
import { settingsText } from '../settings-text.ts'

export type ScopeGroup = 'read' | 'write' | 'admin'

/** Every right, in the order in which they are offered; the table of words is total by type. */
export const allScopes = Object.keys(settingsText.right) as Right[]

function groupOf(right: Right): ScopeGroup {
  if (right === 'org:admin' || right === 'backends:use') return 'admin'
  return right.endsWith(':read') ? 'read' : 'write'
}

export const scopeGroups: readonly { group: ScopeGroup; scopes: readonly Right[] }[] = (
  ['read', 'write', 'admin'] as const
).map((group) => ({ group, scopes: allScopes.filter((right) => groupOf(right) === group) }))

const watch: readonly Right[] = ['workspaces:read', 'tasks:read']

export const presets = {
  watch,
  work: [...watch, 'tasks:write'],
  operate: allScopes.filter((right) => groupOf(right) !== 'admin'),
} as const satisfies Record<string, readonly Right[]>

export type Preset = keyof typeof presets

/** The preset that has exactly these scopes. */
export const presetOf = (scopes: readonly Right[]): Preset | undefined =>
  (Object.keys(presets) as Preset[]).find(
    (name) => presets[name].length === scopes.length && presets[name].every(isIn(scopes)),
  )

/** With the scope if it was missing, without it if it was there. */
export const toggled = (scopes: readonly Right[], right: Right): Right[] =>
  allScopes.filter((one) => (one === right) !== scopes.includes(one))

/** `Read: workspaces, tasks`, one entry per group that has any. */
export function scopesInWords(scopes: readonly Right[]): { group: string; nouns: string }[] {
  return scopeGroups.flatMap((each) => {
    const held = each.scopes.filter(isIn(scopes))
    if (held.length === 0) return []
    const nouns = held.map(nounOf).join(', ')
    return { group: settingsText.rightGroup[each.group], nouns }
  })
}

const nounOf = (right: Right) =>
  right === 'org:admin' ? settingsText.organization : right.split(':')[0]

const isIn = (scopes: readonly Right[]) => (right: Right) => scopes.includes(right)
