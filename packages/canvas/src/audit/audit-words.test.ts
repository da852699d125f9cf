import { AuditRecord } from '@molecule/contract/audit'
import { expect, test } from 'vitest'
import { givenLive, givenWorkspace } from '../testing/given.ts'
import { actorInWords, deedInWords, targetInWords, workspaceOf } from './audit-words.ts'
import { recordDiff } from './record-diff.ts'

const workspace = '0190aaaa-0000-7000-8000-000000000001'

const givenRecord = (part: Partial<AuditRecord>) =>
  AuditRecord.parse({
    seq: 1,
    org_id: 'org',
    at: '2026-01-01T00:00:00.000Z',
    actor_kind: 'session',
    actor: 'user:anna',
    credential_id: null,
    action: 'secret.save',
    entity: 'secret',
    entity_id: 'API_KEY',
    before: null,
    after: null,
    trace_id: null,
    address: null,
    prev_hash: '0',
    hash: '1',
    ...part,
  })

test.each([
  ['secret.save', 'saved the secret'],
  ['org_token.rotate', 'rotated the org token'],
  ['session.begin', 'signed in'],
  ['login_link.create', 'invited'],
  ['workspace.restart', 'restarted the workspace'],
  ['workspace.pause', 'paused the workspace'],
  ['workspace.hibernate', 'put to sleep the workspace'],
  ['workspace.wake', 'woke the workspace'],
  ['workspace.collapse', 'removed the team of'],
  ['some_thing.create', 'created the some thing'],
  ['workspace.bewitch', 'workspace.bewitch'],
  ['boom', 'boom'],
])('%s is told as "%s"', (action, words) => {
  expect(deedInWords(action)).toBe(words)
})

test('actors are told by name, and by a short id when nobody knows one', () => {
  const live = givenLive([givenWorkspace(workspace, { name: 'Writer' })])

  expect(actorInWords('user:anna', live)).toBe('anna')
  expect(actorInWords(`workspace:${workspace}`, live)).toBe('Writer')
  expect(actorInWords('workspace:0190bbbb-0000-7000-8000-000000000002', live)).toBe('0190bbbb')
  expect(actorInWords('token:0190cccc-0000-7000-8000-000000000003', live)).toBe('token 0190cccc')
  expect(actorInWords('admin', live)).toBe('admin credential')
})

test('a target is told by what the record remembers of it, and leads to its workspace while that exists', () => {
  const live = givenLive([givenWorkspace(workspace)])
  const named = givenRecord({ after: { name: 'nightly' }, entity_id: workspace })
  const own = givenRecord({ entity_id: `${workspace}/API_KEY` })
  const gone = givenRecord({ entity: 'workspace', entity_id: workspace })

  expect(targetInWords(named)).toBe('nightly')
  expect(targetInWords(own)).toBe('0190aaaa / API_KEY')
  expect(targetInWords(own, workspace)).toBe('API_KEY')
  expect(targetInWords(givenRecord({ entity_id: 'global/API_KEY' }))).toBe('API_KEY')
  expect(workspaceOf(own, live)).toBe(workspace)
  expect(workspaceOf(givenRecord({ before: { workspace_id: workspace } }), live)).toBe(workspace)
  expect(workspaceOf(gone, givenLive([]))).toBeUndefined()
})

test('a diff holds the fields that differ, and nothing that stayed', () => {
  const before = { name: 'a', tier: 3, tags: ['x'], old: true }
  const after = { name: 'b', tier: 3, tags: ['x'], fresh: null }

  expect(recordDiff({ before, after })).toEqual([
    { field: 'name', before: 'a', after: 'b' },
    { field: 'old', before: 'true', after: undefined },
    { field: 'fresh', before: undefined, after: 'null' },
  ])
  expect(recordDiff({ before: null, after: null })).toEqual([])
  expect(recordDiff({ before: 'torn{', after: null })).toEqual([
    { field: '?', before: 'torn{', after: undefined },
  ])
})
