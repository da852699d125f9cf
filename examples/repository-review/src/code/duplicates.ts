import type { Shape } from './shape.ts'

export type Duplicate = {
  path: string
  line: number
  lines: number
  otherPath: string
  otherLine: number
}

const minLines = 10
const minDistinctLines = 6
/** Equal lines in a row that make a place worth comparing. */
const seedLines = 5
/** Changed lines on either side that a copy may have between equal ones. */
const maxGap = 2
/** No file that is read has as many: a file and a line fit into one number. */
const maxLines = 2 ** 20

type Place = { shape: Shape; at: number }
type Match = { equal: number; endA: number }

/** Blocks that occur, all but for a few lines, in an earlier file too. `compared` counts the work. */
export function findDuplicates(shapes: readonly Shape[]) {
  const firstPlaceOf = seedIndex(shapes)
  const duplicates: Duplicate[] = []
  let compared = 0
  for (const [shapeNo, shape] of shapes.entries()) {
    for (let at = 0; at + seedLines <= shape.ids.length; at++) {
      compared++
      const earlier = firstPlaceOf(shapeNo, at)
      if (!earlier || earlier.shape === shape) continue
      const match = follow(shape, at, earlier)
      compared += match.endA - at
      if (!isWorthTelling(shape, at, match)) continue
      duplicates.push(told(shape, at, { earlier, match }))
      at = match.endA - 1
    }
  }
  return { duplicates, compared }
}

/** Finds the first place with the same seed, or remembers this one as the first. */
function seedIndex(shapes: readonly Shape[]) {
  const places = new Map<number, number>()
  return (shapeNo: number, at: number): Place | undefined => {
    const hash = seedHash(shapes[shapeNo]?.ids ?? [], at)
    const place = places.get(hash)
    if (place === undefined) {
      places.set(hash, shapeNo * maxLines + at)
      return undefined
    }
    const shape = shapes[Math.floor(place / maxLines)]
    return shape && { shape, at: place % maxLines }
  }
}

/** Two 26-bit halves: together exact enough that equal hashes need no second look before `follow`. */
function seedHash(ids: readonly number[], at: number): number {
  let high = 17
  let low = 31
  for (let i = at; i < at + seedLines; i++) {
    const id = ids[i] ?? 0
    high = (Math.imul(high, 0x01000193) ^ id) >>> 0
    low = (Math.imul(low, 0x85ebca6b) + id + 1) >>> 0
  }
  return (high >>> 6) * 2 ** 26 + (low >>> 6)
}

/** How far two places stay alike, stepping over small changes. */
function follow(shape: Shape, at: number, earlier: Place): Match {
  let a = at
  let b = earlier.at
  let equal = 0
  let endA = at
  while (a < shape.ids.length && b < earlier.shape.ids.length) {
    if (shape.ids[a] === earlier.shape.ids[b]) {
      equal++
      a++
      b++
      endA = a
      continue
    }
    const step = resynchronise(shape.ids, a, { ids: earlier.shape.ids, b })
    if (!step) break
    a += step.a
    b += step.b
  }
  return { equal, endA }
}

/** The smallest step over changed lines after which two lines in a row are equal again. */
function resynchronise(
  idsA: readonly number[],
  a: number,
  { ids, b }: { ids: readonly number[]; b: number },
) {
  for (let total = 1; total <= 2 * maxGap; total++)
    for (let da = Math.max(0, total - maxGap); da <= Math.min(maxGap, total); da++) {
      const db = total - da
      const same = (offset: number) => idsA[a + da + offset] === ids[b + db + offset]
      if (idsA[a + da + 1] !== undefined && same(0) && same(1)) return { a: da, b: db }
    }
  return undefined
}

function isWorthTelling(shape: Shape, at: number, { equal, endA }: Match): boolean {
  return equal >= minLines && new Set(shape.ids.slice(at, endA)).size >= minDistinctLines
}

function told(
  shape: Shape,
  at: number,
  { earlier, match }: { earlier: Place; match: Match },
): Duplicate {
  return {
    path: shape.path,
    line: shape.lines[at] ?? 1,
    lines: match.equal,
    otherPath: earlier.shape.path,
    otherLine: earlier.shape.lines[earlier.at] ?? 1,
  }
}
