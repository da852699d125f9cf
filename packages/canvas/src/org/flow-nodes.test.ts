import { expect, test } from 'vitest'
import { pack } from '../layout/pack.ts'
import { orgTree } from '../state/org-tree.ts'
import { givenWorkspace, workspaceId } from '../testing/given.ts'
import { type FlowNode, flowNodes } from './flow-nodes.ts'

const lead = givenWorkspace('lead')
const team = ['a', 'b', 'c'].map((id) => givenWorkspace(id, { parent_id: workspaceId('lead') }))

function nodesOf(
  workspaces: (typeof lead)[],
  selectedId?: string,
  former: readonly FlowNode[] = [],
) {
  const byId = new Map(workspaces.map((workspace) => [workspace.id as string, workspace]))
  const layout = pack(orgTree(byId))
  return flowNodes(former, {
    layout,
    selectedId,
    parentOf: (id) => byId.get(id)?.parent_id ?? null,
  })
}

test('nothing changed: the list itself stays the same', () => {
  const before = nodesOf([lead, ...team], 'a')

  expect(nodesOf([lead, ...team], 'a', before)).toBe(before)
})

test('a change of status or task touches no node (UI-30)', () => {
  const before = nodesOf([lead, ...team])
  const busy = team.map((one) => ({ ...one, status: 'failed' as const, current_task: 'x', rev: 9 }))

  expect(nodesOf([lead, ...busy], undefined, before)).toBe(before)
})

test('a selection changes the two cards it concerns and no other', () => {
  const before = nodesOf([lead, ...team], 'a')

  const after = nodesOf([lead, ...team], 'b', before)

  const changed = after.filter((node, index) => node !== before[index]).map(({ id }) => id)
  expect(changed).toEqual(['a', 'b'])
})

test('frames come before cards and lie below them', () => {
  const nodes = nodesOf([lead, ...team])

  expect(nodes[0]).toMatchObject({ id: 'team:lead', type: 'frame', zIndex: 0 })
  expect(nodes.slice(1).every(({ type, zIndex }) => type === 'card' && zIndex > 0)).toBe(true)
})
