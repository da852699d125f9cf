import { memo } from 'react'
import { teamRollUp } from '../state/selectors.ts'
import { useCanvas } from '../use-services.ts'
import type { Lod } from './lod.ts'
import { TeamSummary } from './TeamSummary.tsx'

/** The area of a team, with what goes on in it in one line. */
export const TeamFrame = memo(function TeamFrame({ id, lod }: { id: string; lod: Lod }) {
  const depth = useCanvas(({ live }) => (live.workspaces.byId.get(id)?.parent_id ? 1 : 0))
  const team = useCanvas(({ live }) => teamRollUp(live, id))
  return (
    <div className="frame" data-depth={depth}>
      {team && lod !== 'tile' && <TeamSummary id={id} team={team} />}
    </div>
  )
})
