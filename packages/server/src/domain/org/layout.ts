type Box = { width: number; height: number }
export type Laid = { children: Laid[] }
export type Point = { x: number; y: number }

const LEAF: Box = { width: 240, height: 130 }
const GUTTER = 14
const HEADER = 130
const PADDING = 16
const COLUMNS = 2

/** Where each below a root stands, in its parent: two columns, each as wide as its widest team. */
export function slotsOf({ children }: Laid): Point[] {
  const { columnWidth, rowHeights } = gridOf(children)
  return children.map((_, index) => {
    const row = Math.floor(index / COLUMNS)
    const above = rowHeights.slice(0, row).reduce((sum, height) => sum + height + GUTTER, 0)
    return { x: PADDING + (index % COLUMNS) * (columnWidth + GUTTER), y: HEADER + above }
  })
}

function gridOf(children: Laid[]) {
  const boxes = children.map(sizeOf)
  const columnWidth = Math.max(0, ...boxes.map(({ width }) => width))
  const rowHeights: number[] = []
  for (const [index, { height }] of boxes.entries()) {
    const row = Math.floor(index / COLUMNS)
    rowHeights[row] = Math.max(rowHeights[row] ?? 0, height)
  }
  return { columnWidth, rowHeights }
}

function sizeOf({ children }: Laid): Box {
  if (children.length === 0) return LEAF
  const { columnWidth, rowHeights } = gridOf(children)
  const columns = Math.min(COLUMNS, children.length)
  const rows = rowHeights.reduce((sum, height) => sum + height, 0)
  return {
    width: 2 * PADDING + columns * columnWidth + (columns - 1) * GUTTER,
    height: HEADER + rows + (rowHeights.length - 1) * GUTTER + PADDING,
  }
}
