import { useMemo } from 'react'
import { text } from '../strings.ts'
import { Icon } from '../ui/Icon.tsx'
import { ChartLines } from './ChartLines.tsx'
import { ClosedTeam } from './ClosedTeam.tsx'
import { OrgFlow } from './OrgFlow.tsx'
import { TeamFrame } from './TeamFrame.tsx'
import { useChart } from './use-chart.ts'
import { WorkspaceCard } from './WorkspaceCard.tsx'

const draw = {
  card: (id: string, lod: 'tile' | 'compact' | 'full', selected: boolean) => (
    <>
      <WorkspaceCard id={id} lod={lod} selected={selected} />
      <ClosedTeam id={id} lod={lod} />
    </>
  ),
  frame: (id: string, lod: 'tile' | 'compact' | 'full') => <TeamFrame id={id} lod={lod} />,
}

export function OrgChart({ selectedId }: { selectedId: string | undefined }) {
  const { layout, nodes, links, parentOf } = useChart(selectedId)
  const lines = useMemo(
    () => <ChartLines layout={layout} parentOf={parentOf} links={links} />,
    [layout, parentOf, links],
  )
  return (
    <>
      <OrgFlow nodes={nodes} draw={draw} lines={lines} focusId={selectedId} />
      {links.length > 0 && <Legend />}
    </>
  )
}

function Legend() {
  return (
    <ul className="legend">
      {(['running', 'queued', 'failed'] as const).map((state) => (
        <li key={state} data-state={state}>
          <Icon name="minus" />
          {text.org.legend[state]}
        </li>
      ))}
    </ul>
  )
}
