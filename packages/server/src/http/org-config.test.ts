import { expect, test } from 'vitest'
import { testServer } from '../testing/test-server.ts'

const template = {
  'org.yaml': `
name: Acme
defaults: {runtime_config: {command: cat}, idle_prompt: Look around.}
workspaces:
  - name: Lead
    template: helper
    files_dir: roles/lead
    system_prompt: Lead well.
    initial_prompt_file: first.md
    category_routing: {bugs: [Dev]}
  - {name: Plain, idle_prompt: ''}
`,
  'roles/lead/config.yaml': '# of the role\neffort: high\ntier: 3\n',
  'roles/lead/first.md': 'Say hello.',
  'roles/lead/skills/plan/SKILL.md': 'of the role',
  'roles/lead/.env': 'SECRET_PLACE=/tmp',
}
const helper = {
  'config.yaml': 'description: helps\ntier: 2\n',
  'skills/plan/SKILL.md': 'of the template',
  'skills/review/SKILL.md': 'of the template',
}

async function given() {
  const server = await testServer()
  const { client } = server
  await client.templates.import({ name: 'helper', files: helper })
  const lead = async () => {
    const all = await client.workspaces.list()
    const found = all.find(({ name }) => name === 'Lead')
    if (!found) throw new Error('there is no Lead')
    return { ...found, config: await client.config.get(found.id) }
  }
  return { server, client, lead }
}

test('LC-27: the files of a role lie over those of its template, and the plan prints the layers', async () => {
  const { client, lead } = await given()

  const plan = await client.org.plan({ files: template })
  await client.org.apply({ files: template })

  expect(plan.nodes[0]).toMatchObject({
    config: {
      layers: ['template helper, version 1', 'files_dir roles/lead', 'org.yaml'],
      files: [
        'config.yaml',
        'first.md',
        'skills/plan/SKILL.md',
        'skills/review/SKILL.md',
        'system-prompt.md',
      ],
    },
    not_applied: [],
  })
  expect(plan.nodes[1]?.config).toEqual({ layers: ['org.yaml'], files: ['config.yaml'] })
  const { config, tier, role } = await lead()
  expect(config.files).toMatchObject({
    'skills/plan/SKILL.md': 'of the role',
    'skills/review/SKILL.md': 'of the template',
    'system-prompt.md': 'Lead well.',
  })
  expect(config.files['config.yaml']).toMatch(/^# of the role\neffort: high\ntier: 3\n/)
  expect(config.files['config.yaml']).toContain('initial_prompt: Say hello.\n')
  expect(config.files['config.yaml']).toContain('idle_interval_seconds: 600\n')
  expect(config.files['config.yaml']).toContain('category_routing:\n  bugs:\n    - Dev\n')
  expect({ tier, role }).toEqual({ tier: 3, role: null })
})

test('a changed file is a difference; an update writes it and keeps what people added, a prune does not', async () => {
  const { client, lead } = await given()
  await client.org.apply({ files: template })
  const { id, config } = await lead()
  await client.config.save(id, { base: config.revision, files: { 'own.md': 'mine' } })
  const files = { ...template, 'roles/lead/skills/plan/SKILL.md': 'better' }

  const same = await client.org.plan({ files: template, mode: 'update' })
  const skipped = await client.org.apply({ files })
  const updated = await client.org.apply({ files, mode: 'update' })

  expect(same.counts).toMatchObject({ exists: 2, update: 0 })
  expect(skipped.plan.nodes[0]).toMatchObject({
    action: 'exists',
    changes: [{ field: 'config', from: ['skills/plan/SKILL.md'] }],
  })
  expect(updated.plan.counts).toMatchObject({ update: 1 })
  expect((await lead()).config).toMatchObject({
    version: 3,
    note: 'organization Acme',
    files: { 'own.md': 'mine', 'skills/plan/SKILL.md': 'better' },
  })
  await client.org.apply({ files, mode: 'prune', confirm: true })
  expect((await lead()).config.files['own.md']).toBeUndefined()
})

test('a template that is not there, and a configuration that cannot be read, block what needs them', async () => {
  const { client } = await given()
  const files = {
    ...template,
    'org.yaml': template['org.yaml'].replace('template: helper', 'template: no-such'),
  }
  const broken = { ...template, 'roles/lead/config.yaml': 'tier: [\n' }

  const [first] = (await client.org.plan({ files })).nodes
  const [second] = (await client.org.plan({ files: broken })).nodes

  expect(first?.blocked_by).toMatchObject({ code: 'unknown_template' })
  expect(second?.blocked_by?.detail).toContain('config.yaml:2:1')
  await expect(client.org.apply({ files })).rejects.toMatchObject({ code: 'not_allowed_now' })
  expect(await client.workspaces.list()).toEqual([])
})

test('written out with its files and applied elsewhere, it is the same, whatever people changed in them', async () => {
  const { client, lead } = await given()
  await client.org.apply({ files: template })
  const { id, config } = await lead()
  await client.config.save(id, {
    base: config.revision,
    files: { 'system-prompt.md': 'Lead calmly.' },
  })
  const first = await client.org.export()
  const { client: elsewhere } = await testServer()

  const plan = await client.org.plan({ files: first.files, mode: 'prune' })
  await elsewhere.org.apply({ files: first.files })
  const second = await elsewhere.org.export()

  expect(second).toEqual(first)
  expect(first.files['roles/lead/system-prompt.md']).toBe('Lead calmly.')
  expect(first.left_out).toEqual([])
  expect(plan.counts).toMatchObject({ exists: 2, update: 0, prune: 0 })
})
