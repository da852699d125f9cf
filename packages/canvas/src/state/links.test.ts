import { expect, test } from 'vitest'
import { at, givenLive, givenTask, givenWorkspace, workspaceId } from '../testing/given.ts'
import { delegationLinks } from './links.ts'

const lead = givenWorkspace('lead')
const workers = ['a', 'b'].map((id) => givenWorkspace(id, { parent_id: workspaceId('lead') }))
const fromLead = { caller: { kind: 'workspace' as const, id: 'lead' } }
const error = { code: 'x', detail: 'x', hint: 'x' }
const now = Date.parse(at(600))
const everybody = (_: string) => true

const linksOf = (tasks: Parameters<typeof givenLive>[1], isVisible = everybody) =>
  delegationLinks(givenLive([lead, ...workers], tasks), isVisible, now)

test('delegations in flight show once per pair, running before queued', () => {
  const links = linksOf([
    givenTask('1', 'a', fromLead),
    givenTask('2', 'a', { ...fromLead, status: 'queued' }),
    givenTask('3', 'a', fromLead),
    givenTask('4', 'b', { ...fromLead, status: 'queued' }),
    givenTask('5', 'b'),
  ])

  expect(links).toEqual([
    { from: 'lead', to: 'a', state: 'running', count: 2 },
    { from: 'lead', to: 'b', state: 'queued', count: 1 },
  ])
})

test('a failure shows for a while, unless a later success made it good', () => {
  const failed = { ...fromLead, status: 'failed' as const, error }
  const links = linksOf([
    givenTask('1', 'a', { ...failed, ended_at: at(100) }),
    givenTask('2', 'b', { ...failed, ended_at: at(100) }),
    givenTask('3', 'b', { ...fromLead, status: 'completed', ended_at: at(200) }),
    givenTask('4', 'lead', {
      ...failed,
      caller: { kind: 'workspace', id: 'a' },
      ended_at: at(-900),
    }),
  ])

  expect(links).toEqual([{ from: 'lead', to: 'a', state: 'failed', count: 1 }])
})

test('somebody inside a closed team shows as its lead', () => {
  const links = linksOf(
    [givenTask('1', 'a', { caller: { kind: 'workspace', id: 'b' } })],
    (id) => id === 'lead',
  )

  expect(links).toEqual([])
})
