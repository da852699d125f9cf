import type { WorkspaceId } from '@molecule/contract/id'
import { expect, test } from 'vitest'
import { orgTree } from './org-tree.ts'
import { sightOf } from './sight.ts'

const id = (name: string) => name as WorkspaceId

test('CM-57: what many watchers may see is decided in memory: each reach is computed once, and no watcher asks the database', () => {
  const teams = Array.from({ length: 20 }, (_, team) => [
    { id: id(`lead-${team}`), parentId: id('top') },
    ...Array.from({ length: 10 }, (__, n) => ({
      id: id(`w-${team}-${n}`),
      parentId: id(`lead-${team}`),
    })),
  ]).flat()
  const tree = orgTree([{ id: id('top'), parentId: null }, ...teams])
  const watcher = (name: string) =>
    sightOf({ kind: 'workspace', workspaceId: id(name), orgId: 'o', incarnation: 1 } as never, tree)
  const about = { entity: 'workspace', ids: ['w-3-1'] } as const

  const seeing = teams.filter((each) => watcher(each.id).sees(about)).map((each) => each.id)

  expect(seeing).toEqual(expect.arrayContaining(['lead-3', 'w-3-0', 'w-3-9']))
  expect(seeing).not.toContain('w-4-1')
  expect(tree.reachOf(id('w-3-1'))).toBe(tree.reachOf(id('w-3-1')))
})
