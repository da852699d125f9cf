import type { Layout } from '../layout/pack.ts'

export type FlowNode = {
  id: string
  type: 'card' | 'frame'
  position: { x: number; y: number }
  width: number
  height: number
  zIndex: number
  selected: boolean
  data: { workspaceId: string; parentId: string | null; depth: number }
}

/** Cards lie above every frame and every line. */
const cardZ = 1000
export const linesZ = 500

type Input = {
  layout: Layout
  parentOf: (id: string) => string | null
  selectedId: string | undefined
}

/**
 * Nodes for the chart. A node keeps its object unless its place, size, parent or selection changed, and the list
 * keeps its own unless a node did; what a card shows is not in here.
 */
export function flowNodes(former: readonly FlowNode[], input: Input): readonly FlowNode[] {
  const known = new Map(former.map((node) => [node.id, node]))
  const next = wantedNodes(input).map((node) => {
    const before = known.get(node.id)
    return before && sameNode(before, node) ? before : node
  })
  const unchanged =
    next.length === former.length && next.every((node, index) => node === former[index])
  return unchanged ? former : next
}

function wantedNodes({ layout, parentOf, selectedId }: Input): FlowNode[] {
  const frames = [...layout.frames].map(
    ([id, { x, y, width, height, depth }]): FlowNode => ({
      id: `team:${id}`,
      type: 'frame',
      position: { x, y },
      width,
      height,
      zIndex: depth,
      selected: false,
      data: { workspaceId: id, parentId: parentOf(id), depth },
    }),
  )
  const cards = [...layout.cards].map(
    ([id, { x, y, width, height }]): FlowNode => ({
      id,
      type: 'card',
      position: { x, y },
      width,
      height,
      zIndex: cardZ,
      selected: id === selectedId,
      data: { workspaceId: id, parentId: parentOf(id), depth: 0 },
    }),
  )
  return [...frames, ...cards]
}

const sameNode = (a: FlowNode, b: FlowNode) =>
  a.position.x === b.position.x &&
  a.position.y === b.position.y &&
  a.width === b.width &&
  a.height === b.height &&
  a.zIndex === b.zIndex &&
  a.selected === b.selected &&
  a.data.parentId === b.data.parentId
