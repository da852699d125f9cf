import type { OrgNode } from '../layout/pack.ts'
import { orgTree } from '../state/org-tree.ts'
import { teamRollUp } from '../state/selectors.ts'
import { text } from '../strings.ts'
import { useCanvas } from '../use-services.ts'
import { TeamSummary } from './TeamSummary.tsx'
import { WorkspaceCard } from './WorkspaceCard.tsx'

/** The same org from top to bottom: for narrow screens, and for those who read rather than look. */
export function OrgList({ selectedId }: { selectedId: string | undefined }) {
  const byId = useCanvas(({ live }) => live.workspaces.byId)
  return (
    <div className="org-list">
      <Level nodes={orgTree(byId)} selectedId={selectedId} />
    </div>
  )
}

type LevelProps = { nodes: readonly OrgNode[]; selectedId: string | undefined }

function Level({ nodes, selectedId }: LevelProps) {
  return (
    <ul className="org-level" aria-label={text.org.label}>
      {nodes.map((node) => (
        <li key={node.id}>
          <WorkspaceCard id={node.id} lod="full" selected={node.id === selectedId} />
          <Team node={node} selectedId={selectedId} />
        </li>
      ))}
    </ul>
  )
}

function Team({ node, selectedId }: { node: OrgNode; selectedId: string | undefined }) {
  const team = useCanvas(({ live }) => teamRollUp(live, node.id))
  if (!team) return null
  return (
    <>
      <TeamSummary id={node.id} team={team} />
      {node.children.length > 0 && <Level nodes={node.children} selectedId={selectedId} />}
    </>
  )
}
