import type { EnvRequirement } from '@molecule/contract/org'

const isName = (name: string) => /^[A-Z][A-Z0-9_]{0,127}$/.test(name)

const membersOf = (requirement: EnvRequirement): string[] =>
  typeof requirement === 'string' ? [requirement] : requirement.any_of

/**
 * Each requirement once: single names by name, then groups. A name that is required makes a group that holds it needless; what is
 * no name of a variable is left out, and a group of nothing else with it.
 */
export function requirementsOf(all: readonly EnvRequirement[]): EnvRequirement[] {
  const groups = all.map((each) => [...new Set(membersOf(each).filter(isName))].sort())
  const singles = new Set(groups.filter(({ length }) => length === 1).flat())
  const wider = new Map(
    groups
      .filter((group) => group.length > 1 && !group.some((name) => singles.has(name)))
      .map((group) => [group.join(), group]),
  )
  return [...[...singles].sort(), ...[...wider.values()].sort().map((group) => ({ any_of: group }))]
}

/** Those that none of the names satisfies. */
export const missingOf = (
  requirements: readonly EnvRequirement[],
  names: ReadonlySet<string>,
): EnvRequirement[] =>
  requirements.filter((each) => !membersOf(each).some((name) => names.has(name)))
