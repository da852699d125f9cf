import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Box, cardSize, type OrgNode, pack } from './pack.ts'
import { routeDown } from './route.ts'

type Shape = { children: Shape[] }

const trees: fc.Arbitrary<Shape> = fc.letrec<{ node: Shape }>((tie) => ({
  node: fc.record({
    children: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant<Shape[]>([]),
      fc.array(tie('node'), { maxLength: 9 }),
    ),
  }),
})).node

function named({ children }: Shape, id = 'r'): OrgNode {
  return { id, children: children.map((child, index) => named(child, `${id}.${index}`)) }
}

const inside = (inner: Box, outer: Box) =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height

const apart = (a: Box, b: Box) =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y

const isBelow = (id: string, lead: string) => id === lead || id.startsWith(`${lead}.`)

function eachNode(node: OrgNode, visit: (node: OrgNode) => void) {
  visit(node)
  for (const child of node.children) eachNode(child, visit)
}

/** Whether a segment goes through the inside of a box. */
function crosses(from: { x: number; y: number }, to: { x: number; y: number }, box: Box) {
  const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)]
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)]
  return (
    left < box.x + box.width - 0.5 &&
    right > box.x + 0.5 &&
    top < box.y + box.height - 0.5 &&
    bottom > box.y + 0.5
  )
}

describe('the packer', () => {
  test('places every card once, at its own size, and no two on one another', () => {
    fc.assert(
      fc.property(fc.array(trees, { maxLength: 5 }), (shapes) => {
        const roots = shapes.map((shape, index) => named(shape, `r${index}`))
        const layout = pack(roots)

        const ids: string[] = []
        for (const root of roots) eachNode(root, ({ id }) => ids.push(id))
        const cards = [...layout.cards.values()]
        expect([...layout.cards.keys()].sort()).toEqual(ids.sort())
        expect(cards.every((card) => card.width === cardSize.width)).toBe(true)
        expect(cards.every((a, i) => cards.slice(i + 1).every((b) => apart(a, b)))).toBe(true)
      }),
    )
  })

  test('keeps every team inside its lead’s frame, and nobody else in it', () => {
    fc.assert(
      fc.property(trees, (shape) => {
        const root = named(shape)
        const layout = pack([root])

        eachNode(root, ({ id, children }) => {
          expect(layout.frames.has(id)).toBe(children.length > 0)
        })
        const misplaced = [...layout.frames].flatMap(([id, frame]) =>
          [...layout.cards].filter(([card, box]) =>
            isBelow(card, id) ? !inside(box, frame) : !apart(box, frame),
          ),
        )
        expect(misplaced).toEqual([])
      }),
    )
  })

  test('lines from a lead to its team cross no card', () => {
    fc.assert(
      fc.property(trees, (shape) => {
        const root = named(shape)
        const layout = pack([root])

        eachNode(root, ({ id, children }) => {
          for (const child of children) {
            const [lead, frame] = [layout.cards.get(id), layout.frames.get(id)]
            const target = layout.cards.get(child.id)
            if (!lead || !frame || !target) throw new Error(`${id} is not placed`)
            const points = routeDown(lead, frame, target)
            points.slice(1).forEach((point, index) => {
              const from = points[index] ?? point
              const hit = [...layout.cards].find(([, card]) => crosses(from, point, card))
              expect(hit?.[0]).toBeUndefined()
            })
            expect(points.at(-1)).toEqual({ x: target.x + target.width / 2, y: target.y })
          }
        })
      }),
      { numRuns: 60 },
    )
  })

  test.each([
    [3, [3]],
    [4, [2, 2]],
    [6, [3, 3]],
    [7, [4, 3]],
    [8, [4, 4]],
  ])('a lead with %i specialists stands above rows of %j', (count, rows) => {
    const children = Array.from({ length: count }, (_, n) => ({ id: `s${n}`, children: [] }))

    const layout = pack([{ id: 'lead', children }])

    const byRow = Map.groupBy(children, ({ id }) => layout.cards.get(id)?.y)
    expect([...byRow.values()].map((row) => row.length)).toEqual(rows)
  })

  test('an empty org has an empty chart', () => {
    expect(pack([]).cards.size).toBe(0)
  })
})
