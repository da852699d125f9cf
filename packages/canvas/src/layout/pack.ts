/** A card and those who report to it. */
export type OrgNode = { id: string; children: readonly OrgNode[] }

export type Box = { x: number; y: number; width: number; height: number }

/** One row of a team: where its gaps are, for lines that pass through it. */
export type Shelf = { top: number; height: number; gaps: readonly number[] }

export type Frame = Box & { depth: number; shelves: readonly Shelf[] }

export type Layout = {
  cards: ReadonlyMap<string, Box>
  /** Around every lead with a visible team, by the lead's id. */
  frames: ReadonlyMap<string, Frame>
}

export const cardSize = { width: 264, height: 128 }
const columnGap = 20
/** Rows are further apart than columns: lines run between them. */
export const rowGap = 36
const framePadding = 24

/** What a frame's sides should be to each other, as on a wide screen. */
const wantedRatio = 1.9
const raggedPenalty = 0.8
const maxColumns = 24

type Packed = {
  node: OrgNode
  width: number
  height: number
  inner: Packing | undefined
}
type Placed = { item: Packed; x: number; y: number }
type PackedShelf = { items: readonly Placed[]; top: number; height: number }
type Packing = { width: number; height: number; shelves: readonly PackedShelf[] }

/** Nested grid: every lead above its team, every team in a frame. Pure, linear in the number of cards. */
export function pack(roots: readonly OrgNode[]): Layout {
  const cards = new Map<string, Box>()
  const frames = new Map<string, Frame>()
  const whole = packShelves(roots.map(measure))
  for (const { item, x, y } of whole.shelves.flatMap((shelf) => shelf.items)) {
    place(item, { x, y }, 0, { cards, frames })
  }
  return { cards, frames }
}

function measure(node: OrgNode): Packed {
  if (node.children.length === 0) return { node, ...cardSize, inner: undefined }
  const inner = packShelves(node.children.map(measure))
  return {
    node,
    width: Math.max(inner.width, cardSize.width) + 2 * framePadding,
    height: cardSize.height + rowGap + inner.height + 2 * framePadding,
    inner,
  }
}

/** Tries every number of columns and takes the one that reads best. */
function packShelves(items: readonly Packed[]): Packing {
  const singles = items.filter((item) => !item.inner)
  const teams = items.filter((item) => item.inner)
  const columns = Math.min(maxColumns, items.length)
  let best: Packing | undefined
  let bestScore = Number.POSITIVE_INFINITY
  for (let count = 1; count <= columns; count += 1) {
    const limit = Math.max(rowWidth(singles.slice(0, count)), rowWidth(teams.slice(0, count)))
    const rows = [...intoRows(singles, limit), ...intoRows(teams, limit)]
    const packing = stack(rows)
    const score = scoreOf(packing, rows)
    if (score < bestScore) [best, bestScore] = [packing, score]
  }
  return best ?? { width: 0, height: 0, shelves: [] }
}

function rowWidth(items: readonly Packed[]) {
  return items.reduce((sum, item) => sum + item.width + columnGap, -columnGap)
}

function intoRows(items: readonly Packed[], limit: number): Packed[][] {
  const rows: Packed[][] = []
  let width = 0
  for (const item of items) {
    const row = rows.at(-1)
    if (row && width + columnGap + item.width <= limit) {
      row.push(item)
      width += columnGap + item.width
    } else {
      rows.push([item])
      width = item.width
    }
  }
  return rows
}

function scoreOf(packing: Packing, rows: readonly (readonly Packed[])[]) {
  const ratio = packing.width / (packing.height + cardSize.height)
  const widest = Math.max(...rows.map((row) => rowWidth(row)))
  const ragged = rows.reduce((sum, row) => sum + (1 - rowWidth(row) / widest), 0)
  return Math.abs(Math.log(ratio / wantedRatio)) + raggedPenalty * ragged
}

/** Rows below one another, each in the middle. */
function stack(rows: readonly (readonly Packed[])[]): Packing {
  const width = Math.max(0, ...rows.map(rowWidth))
  const shelves: PackedShelf[] = []
  let top = 0
  for (const row of rows) {
    const height = Math.max(...row.map((item) => item.height))
    let x = (width - rowWidth(row)) / 2
    const items = row.map((item) => {
      const placed = { item, x, y: top }
      x += item.width + columnGap
      return placed
    })
    shelves.push({ items, top, height })
    top += height + rowGap
  }
  return { width, height: Math.max(0, top - rowGap), shelves }
}

type Sink = { cards: Map<string, Box>; frames: Map<string, Frame> }

function place(item: Packed, at: { x: number; y: number }, depth: number, sink: Sink) {
  const { node, width, height, inner } = item
  if (!inner) {
    sink.cards.set(node.id, { ...at, ...cardSize })
    return
  }
  const lead = { x: at.x + (width - cardSize.width) / 2, y: at.y + framePadding, ...cardSize }
  const origin = {
    x: at.x + (width - inner.width) / 2,
    y: lead.y + cardSize.height + rowGap,
  }
  sink.cards.set(node.id, lead)
  const box = { ...at, width, height }
  const shelves = inner.shelves.map((shelf) => shelfOf(shelf, origin, box))
  sink.frames.set(node.id, { ...box, depth, shelves })
  for (const child of inner.shelves.flatMap((shelf) => shelf.items)) {
    place(child.item, { x: origin.x + child.x, y: origin.y + child.y }, depth + 1, sink)
  }
}

function shelfOf(shelf: PackedShelf, origin: { x: number; y: number }, frame: Box): Shelf {
  const first = shelf.items.at(0)
  const ends = shelf.items.map(({ item, x }) => origin.x + x + item.width + columnGap / 2)
  const sides = [frame.x + framePadding / 2, frame.x + frame.width - framePadding / 2]
  const left = first ? [origin.x + first.x - columnGap / 2] : []
  const gaps = [...left, ...ends, ...sides].sort((a, b) => a - b)
  return { top: origin.y + shelf.top, height: shelf.height, gaps }
}
