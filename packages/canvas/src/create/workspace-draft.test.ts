import { Runtime } from '@molecule/contract/runtime'
import { WorkspaceTemplate } from '@molecule/contract/workspace-template'
import { expect, test } from 'vitest'
import {
  chosenOf,
  creationOf,
  emptyWorkspaceDraft,
  isByTemplate,
  needsOf,
  valueAt,
} from './workspace-draft.ts'

const runtime = (id: string, part: Partial<Runtime> = {}) =>
  Runtime.parse({
    ...{ id, display_name: id, default_model: 'sonnet', provision_timeout_s: 60 },
    capabilities: { session: true, model: true, streaming: true },
    ...{ required_env: [], required_config: [] },
    ...part,
  })
const template = (part: Partial<WorkspaceTemplate>) =>
  WorkspaceTemplate.parse({
    ...{ id: 'helper', name: 'Helper', description: '', version: 1, tier: null },
    ...{ runtime: null, model: null, models: [], required_env: [], skills: [], skill_count: 0 },
    ...{ provision_timeout_seconds: null, updated_at: '2026-01-01T00:00:00.000Z' },
    ...part,
  })
const agent = runtime('agent', { required_env: [['ONE', 'OTHER']] })
const program = runtime('command', {
  capabilities: { session: true, model: false, streaming: true },
  required_config: ['command'],
})
const offers = { runtimes: [agent, program], templates: [template({ runtime: 'agent' })] }
const given = (part: Partial<typeof emptyWorkspaceDraft>) => {
  const draft = { ...emptyWorkspaceDraft, ...part }
  return { draft, chosen: chosenOf(draft, offers) }
}

test('only what was typed is asked for, without blanks around it', () => {
  const { draft, chosen } = given({ name: ' Ann ', runtime: 'agent', model: ' opus ' })

  expect(creationOf(draft, chosen)).toEqual({ name: 'Ann', runtime: 'agent', model: 'opus' })
})

test('what belongs to another runtime is kept in the draft and left out of the request', () => {
  const { draft, chosen } = given({
    ...{ name: 'Ann', runtime: 'command', model: 'opus', secrets: { ONE: 'sk' } },
    ...{ config: { command: 'sh', graph: 'x' }, args: '-c\n\necho hi\n' },
  })

  expect(creationOf(draft, chosen)).toEqual({
    name: 'Ann',
    runtime: 'command',
    runtime_config: { command: 'sh', args: ['-c', 'echo hi'] },
  })
})

test('keys that its runtime needs come along', () => {
  const { draft, chosen } = given({
    ...{ name: 'Ann', runtime: 'agent', secrets: { OTHER: 'sk', ELSE: 'no' } },
  })

  expect(creationOf(draft, chosen).secrets).toEqual({ OTHER: 'sk' })
})

test('a template speaks for the runtime that is left out, until another is chosen', () => {
  const left = given({ name: 'Ann', template: 'helper' })
  const other = given({ name: 'Ann', template: 'helper', runtime: 'command' })

  expect(left.chosen.runtime).toBe(agent)
  expect(creationOf(left.draft, left.chosen)).toEqual({ name: 'Ann', template: 'helper' })
  expect([left, other].map(({ chosen }) => isByTemplate(chosen))).toEqual([true, false])
})

test('needs of a runtime and of a template are told once, whichever way they are written', () => {
  const required_env = ['TOKEN', { any_of: ['ONE', 'OTHER'] }, 7]

  const needs = needsOf({ runtime: agent, template: template({ required_env }) })

  expect(needs).toEqual([['ONE', 'OTHER'], ['TOKEN']])
})

test('a name is another one below another parent', () => {
  const draft = { ...emptyWorkspaceDraft, name: 'Ann', config: { command: 'sh' } }

  expect(valueAt(draft, 'name')).not.toBe(valueAt({ ...draft, parentId: 'p' }, 'name'))
  expect(valueAt(draft, 'runtime_config.command')).toBe('sh')
  expect(valueAt(draft, 'secrets.KEY')).toBe('')
})
