import { expect, test } from 'vitest'
import { applied, givenLive, givenWorkspace, workspaceEvent } from '../testing/given.ts'
import { runningWithOldValues, told } from './old-values.ts'

const idsOf = (workspaces: { id: string }[]) => workspaces.map(({ id }) => id)

test('a workspace runs with old values from the change that says so until its next start', () => {
  const before = givenLive([
    givenWorkspace('flagged', { needs_restart: true }),
    givenWorkspace('named'),
    givenWorkspace('other'),
  ])
  const named = told(before, [{ id: 'named' }])

  const restarted = givenWorkspace('named', { incarnation: 2, rev: 2 })
  const after = applied(before, [workspaceEvent(restarted)])

  expect(idsOf(runningWithOldValues(before, []))).toEqual(['flagged'])
  expect(idsOf(runningWithOldValues(before, named))).toEqual(['flagged', 'named'])
  expect(idsOf(runningWithOldValues(after, named))).toEqual(['flagged'])
})
