import { expect, test } from 'vitest'
import { shallow } from 'zustand/shallow'
import {
  applied,
  at,
  givenLive,
  givenTask,
  givenWorkspace,
  taskEvent,
  workspaceId,
} from '../testing/given.ts'
import { cardContent, orgRollUp, pathTo, subtree, teamRollUp } from './selectors.ts'

const under = (parent: string) => ({ parent_id: workspaceId(parent) })
const org = givenLive(
  [
    givenWorkspace('lead'),
    givenWorkspace('a', under('lead')),
    givenWorkspace('b', { ...under('lead'), status: 'failed' }),
    givenWorkspace('deep', under('a')),
  ],
  [
    givenTask('t1', 'lead', { waiting_for: 'children' }),
    givenTask('t2', 'a', { created_at: at(5) }),
    givenTask('t3', 'a', { created_at: at(1) }),
    givenTask('t4', 'a', { status: 'queued' }),
    givenTask('t5', 'deep', { status: 'completed', ended_at: at(9) }),
  ],
)

test('a card shows the task that has run longest, and what waits behind it', () => {
  expect(cardContent(org, 'a')).toMatchObject({
    state: 'working',
    task: { id: 't3' },
    running: 2,
    queued: 1,
  })
  expect(cardContent(org, 'lead').state).toBe('waiting_for_peer')
  expect(cardContent(org, 'b').state).toBe('failed')
  expect(cardContent(org, 'deep').state).toBe('idle')
})

test('somebody else’s event redraws no card (UI-30)', () => {
  const after = applied(org, [taskEvent(givenTask('new', 'deep'))])

  expect(shallow(cardContent(org, 'a'), cardContent(after, 'a'))).toBe(true)
  expect(shallow(cardContent(org, 'deep'), cardContent(after, 'deep'))).toBe(false)
})

test('the org and every team add up', () => {
  expect(orgRollUp(org)).toEqual({ total: 4, working: 2, failed: 1, inFlight: 4 })
  expect(teamRollUp(org, 'lead')).toEqual({ total: 3, working: 1, failed: 1, inFlight: 3 })
  expect(teamRollUp(org, 'deep')).toBeUndefined()
})

test('a workspace knows those below it and those above', () => {
  expect(subtree(org, 'lead').map(({ id }) => id)).toEqual(['lead', 'a', 'deep', 'b'])
  expect(pathTo(org, 'deep').map(({ id }) => id)).toEqual(['lead', 'a', 'deep'])
})
