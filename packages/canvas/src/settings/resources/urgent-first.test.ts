import { Orphan, Resource } from '@molecule/contract/admin'
import { expect, test } from 'vitest'
import { at } from '../../testing/given.ts'
import { urgentFirst } from './urgent-first.ts'

const id = (end: number) => `00000000-0000-7000-8000-00000000000${end}`

const givenResource = (n: number, leakSuspectAt: string | null = null) =>
  Resource.parse({
    id: id(n),
    workspace_id: id(9),
    workspace_name: 'Lead',
    incarnation: 1,
    backend: 'process',
    node_id: 'here',
    kind: 'process',
    handle: {},
    created_at: at(0),
    confirmed_at: null,
    closed_at: null,
    age_s: 1,
    leak_suspect_at: leakSuspectAt,
    stop_attempts: 0,
    next_stop_at: null,
    last_error: null,
    usage: null,
    cost: null,
  })

const orphan = Orphan.parse({
  id: id(8),
  backend: 'docker',
  workspace_id: id(7),
  incarnation: 1,
  first_seen_at: at(0),
  last_seen_at: at(60),
  rounds: 2,
  stop_attempts: 0,
  last_error: null,
})

test('what may have leaked and what nobody knows comes before the rest', () => {
  const all = urgentFirst([givenResource(1), givenResource(2, at(5)), givenResource(3)], [orphan])

  expect(
    all.map((each) => [each.kind, 'orphan' in each ? each.orphan.id : each.resource.id]),
  ).toEqual([
    ['leak', id(2)],
    ['orphan', id(8)],
    ['resource', id(1)],
    ['resource', id(3)],
  ])
})
