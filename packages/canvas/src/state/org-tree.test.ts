import { expect, test } from 'vitest'
import { at, givenWorkspace, workspaceId } from '../testing/given.ts'
import { orgTree, sameChart } from './org-tree.ts'

const mapOf = (...list: ReturnType<typeof givenWorkspace>[]) =>
  new Map(list.map((one) => [one.id as string, one]))
const under = (parent: string) => ({ parent_id: workspaceId(parent) })

test('children stand below their parent in the order of their creation', () => {
  const byId = mapOf(
    givenWorkspace('late', { ...under('lead'), created_at: at(9) }),
    givenWorkspace('early', { ...under('lead'), created_at: at(5) }),
    givenWorkspace('lead'),
  )

  expect(orgTree(byId)).toEqual([
    {
      id: 'lead',
      children: [
        { id: 'early', children: [] },
        { id: 'late', children: [] },
      ],
    },
  ])
})

test('whoever has no reachable parent stands at the top, even in a circle', () => {
  const byId = mapOf(
    givenWorkspace('orphan', under('gone')),
    givenWorkspace('x', under('y')),
    givenWorkspace('y', under('x')),
  )

  const ids = JSON.stringify(orgTree(byId))

  for (const id of byId.keys()) expect(ids).toContain(`"${id}"`)
})

test('a closed team is not on the chart', () => {
  const byId = mapOf(
    givenWorkspace('lead', { collapsed: true }),
    givenWorkspace('a', under('lead')),
  )

  expect(orgTree(byId)).toEqual([{ id: 'lead', children: [] }])
})

test('only what moves somebody makes another chart', () => {
  const before = mapOf(givenWorkspace('lead'), givenWorkspace('a', under('lead')))

  const busy = mapOf(
    givenWorkspace('lead', { status: 'failed' }),
    givenWorkspace('a', under('lead')),
  )
  const moved = mapOf(givenWorkspace('lead'), givenWorkspace('a'))

  expect(sameChart(before, busy)).toBe(true)
  expect(sameChart(before, moved)).toBe(false)
})
