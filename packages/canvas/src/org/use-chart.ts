import { useMemo, useRef } from 'react'
import { type Layout, pack } from '../layout/pack.ts'
import { type DelegationLink, delegationLinks } from '../state/links.ts'
import { orgTree, sameChart } from '../state/org-tree.ts'
import { useCanvas, useServices } from '../use-services.ts'
import { type FlowNode, flowNodes } from './flow-nodes.ts'

export type Chart = {
  layout: Layout
  nodes: readonly FlowNode[]
  links: readonly DelegationLink[]
  parentOf: (id: string) => string | null
}

/** The chart as it stands. Layout runs only when the shape of the org changes, not with every status. */
export function useChart(selectedId: string | undefined): Chart {
  const live = useCanvas((state) => state.live)
  const { ticker } = useServices()
  const offset = useCanvas((state) => state.clockOffsetMs)
  const shaped = useRef(live.workspaces.byId)
  if (!sameChart(shaped.current, live.workspaces.byId)) shaped.current = live.workspaces.byId
  const byId = shaped.current
  const layout = useMemo(() => pack(orgTree(byId)), [byId])
  const parentOf = useMemo(
    () => (id: string) => {
      const parent = byId.get(id)?.parent_id ?? null
      return parent !== null && byId.has(parent) ? parent : null
    },
    [byId],
  )
  const former = useRef<readonly FlowNode[]>([])
  former.current = flowNodes(former.current, { layout, parentOf, selectedId })
  const links = useMemo(
    () => delegationLinks(live, (id) => layout.cards.has(id), ticker.now() + offset),
    [live, layout, ticker, offset],
  )
  return { layout, nodes: former.current, links, parentOf }
}
