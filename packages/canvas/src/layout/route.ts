import { type Box, type Frame, rowGap } from './pack.ts'

export type Point = { x: number; y: number }

const cornerRadius = 10

/** From a lead down to a card of its team: along the aisles between the rows, never through a card. */
export function routeDown(lead: Box, frame: Frame, target: Box): Point[] {
  const goal = target.x + target.width / 2
  let x = lead.x + lead.width / 2
  const points: Point[] = [{ x, y: lead.y + lead.height }]
  for (const shelf of frame.shelves) {
    const aisle = shelf.top - rowGap / 2
    const isLast = target.y < shelf.top + shelf.height
    points.push({ x, y: aisle })
    x = isLast ? goal : nearestGap(shelf.gaps, goal, x)
    points.push({ x, y: aisle })
    if (isLast) break
  }
  points.push({ x: goal, y: target.y })
  return straighten(points)
}

/** Between two cards of one row or of different teams: a calm curve. */
export function curveBetween(from: Box, to: Box): string {
  const [a, b] = [middleOf(from), middleOf(to)]
  if (Math.abs(a.y - b.y) < from.height) {
    const [start, end] = a.x < b.x ? [from.x + from.width, to.x] : [from.x, to.x + to.width]
    const bend = (end - start) / 2
    return `M${start},${a.y} C${start + bend},${a.y} ${end - bend},${b.y} ${end},${b.y}`
  }
  const [start, end] = a.y < b.y ? [from.y + from.height, to.y] : [from.y, to.y + to.height]
  const bend = (end - start) / 2
  return `M${a.x},${start} C${a.x},${start + bend} ${b.x},${end - bend} ${b.x},${end}`
}

/** An SVG path through right-angled points, with round corners. */
export function roundedPath(points: readonly Point[]): string {
  const [first, ...rest] = points
  const last = rest.at(-1)
  if (!first || !last) return ''
  const corners = rest.slice(0, -1).map((corner, index) => {
    const before = points[index] ?? first
    const after = rest[index + 1] ?? last
    const radius = Math.min(cornerRadius, distance(before, corner) / 2, distance(corner, after) / 2)
    const start = towards(corner, before, radius)
    const end = towards(corner, after, radius)
    return `L${start.x},${start.y} Q${corner.x},${corner.y} ${end.x},${end.y}`
  })
  return `M${first.x},${first.y} ${corners.join(' ')} L${last.x},${last.y}`
}

const middleOf = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 })

const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y)

function towards(from: Point, to: Point, by: number): Point {
  const whole = distance(from, to)
  if (whole === 0) return from
  return { x: from.x + ((to.x - from.x) * by) / whole, y: from.y + ((to.y - from.y) * by) / whole }
}

/** Of two gaps as near to the goal, the one that needs less of a detour. */
const detourWeight = 0.01

function nearestGap(gaps: readonly number[], goal: number, from: number): number {
  const cost = (x: number) => Math.abs(x - goal) + detourWeight * Math.abs(x - from)
  return gaps.reduce((best, x) => (cost(x) < cost(best) ? x : best))
}

/** Leaves out points that are doubled or lie on a straight line. */
function straighten(points: readonly Point[]): Point[] {
  const kept: Point[] = []
  for (const point of points) {
    const [before, last] = [kept.at(-2), kept.at(-1)]
    if (last && distance(last, point) < 0.5) continue
    const inLine =
      before &&
      last &&
      ((before.x === last.x && last.x === point.x) || (before.y === last.y && last.y === point.y))
    if (inLine) kept.pop()
    kept.push(point)
  }
  return kept
}
