import { teamRollUp } from '../state/selectors.ts'
import { useCanvas } from '../use-services.ts'
import type { Lod } from './lod.ts'
import { TeamSummary } from './TeamSummary.tsx'

/** Below the card of a lead whose team is closed. */
export function ClosedTeam({ id, lod }: { id: string; lod: Lod }) {
  const team = useCanvas(({ live }) =>
    live.workspaces.byId.get(id)?.collapsed ? teamRollUp(live, id) : undefined,
  )
  if (!team || lod === 'tile') return null
  return (
    <div className="closed-team">
      <TeamSummary id={id} team={team} />
    </div>
  )
}
