import type { Workspace } from '@molecule/contract/workspace'
import type { LiveState } from './live-state.ts'

/** A workspace that a change named, and the start it ran in then. */
export type Told = { id: string; incarnation: number }

export const told = (live: LiveState, workspaces: readonly { id: string }[]): Told[] =>
  workspaces.map(({ id }) => ({ id, incarnation: live.workspaces.byId.get(id)?.incarnation ?? 0 }))

/** Who runs with what was set before: by its row, or because a change said so and it has not started anew since. */
export function runningWithOldValues(live: LiveState, named: readonly Told[]): Workspace[] {
  const startOf = new Map(named.map(({ id, incarnation }) => [id, incarnation]))
  return [...live.workspaces.byId.values()].filter(
    ({ id, needs_restart, incarnation }) => needs_restart || startOf.get(id) === incarnation,
  )
}
