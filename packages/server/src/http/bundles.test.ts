import type { Bundle } from '@molecule/contract/bundle'
import { expect, test } from 'vitest'
import { testServer } from '../testing/test-server.ts'

async function given() {
  const server = await testServer()
  const { client } = server
  const command = {
    command: 'cat',
    env: { API_KEY: 'sk-ant-abcdefghijklmnopqrstuv', TONE: 'calm' },
  }
  const lead = await client.workspaces.create({
    ...{ name: 'Lead', role: 'leads', tier: 2, model: 'opus', runtime_config: command },
    canvas: { x: 10, y: 20 },
  })
  const dev = await client.workspaces.create({
    ...{ name: 'Dev', parent_id: lead.id, runtime_config: { command: 'tee' } },
  })
  await client.workspaces.create({ name: 'Afar', parent_id: lead.id, external: true })
  await client.config.edit(lead.id, { set: { effort: 'high' } })
  const { revision: base } = await client.config.get(lead.id)
  await client.config.save(lead.id, {
    base,
    files: {
      'system-prompt.md': 'Lead well.',
      'skills/plan/SKILL.md': '---\nname: Planner\ndescription: makes plans\n---\nPlan.',
      'skills/plan/more.md': 'More.',
      'notes.md': 'Notes.',
    },
  })
  return { server, client, lead, dev }
}

const plain = (bundle: Bundle) => JSON.parse(JSON.stringify(bundle)) as Record<string, unknown>

test('a bundle holds the team with what it is configured with, and no secret', async () => {
  const { client, lead } = await given()

  const bundle = await client.bundles.export(lead.id)

  expect(bundle).toMatchObject({
    ...{ schema: '1.0', id: lead.id, name: 'Lead', description: 'leads', tier: 2, model: 'opus' },
    ...{ system_prompt: 'Lead well.', author: 'admin', version: '1.0.0' },
    skills: [
      {
        ...{ id: 'plan', name: 'Planner', description: 'makes plans' },
        files: { 'more.md': 'More.' },
      },
    ],
    prompts: { 'notes.md': 'Notes.' },
    sub_workspaces: [{ name: 'Dev' }, { name: 'Afar', external: true }],
    manifest: { workspaces: 3, redacted: ['Lead: config.yaml'] },
  })
  expect(bundle.prompts['config.yaml']).toContain('effort: high')
  expect(bundle.prompts['config.yaml']).toContain('API_KEY: "[REDACTED]"')
  expect(JSON.stringify(bundle)).not.toContain('sk-ant-')
})

test('LC-35: an import is an ordinary create of each: runtime, model, role, files, events, and nothing of another template', async () => {
  const { client, lead } = await given()
  const bundle = await client.bundles.export(lead.id)
  const { server, client: elsewhere } = await (async () => {
    const other = await testServer()
    return { server: other, client: other.client }
  })()

  const imported = await elsewhere.bundles.import(plain(bundle))

  expect(imported).toMatchObject({
    ...{ name: 'Lead', status: 'provisioning', count: 3, is_own: false },
    signed_by: (await client.bundles.key()).key,
    children: [{ name: 'Dev' }, { name: 'Afar', status: 'awaiting_agent' }],
  })
  expect(await elsewhere.workspaces.get(imported.workspace_id)).toMatchObject({
    ...{ role: 'leads', tier: 2, model: 'opus', runtime: 'command', parent_id: null },
    runtime_config: { command: 'cat', env: { TONE: 'calm' } },
  })
  const { files, note } = await elsewhere.config.get(imported.workspace_id)
  expect(files).toMatchObject({
    'system-prompt.md': 'Lead well.',
    'skills/plan/more.md': 'More.',
    'notes.md': 'Notes.',
  })
  expect(note).toBe(`bundle ${lead.id}`)
  const events = await server.db
    .selectFrom('events')
    .select('workspaceId')
    .distinct()
    .where('event', '=', 'WORKSPACE_PROVISIONING')
    .execute()
  expect(events).toHaveLength(2)
})

test('LC-35: importing beside itself makes a second team with a number, with ids of its own', async () => {
  const { client, lead } = await given()
  const bundle = await client.bundles.export(lead.id)

  const second = await client.bundles.import(plain(bundle))
  const below = await client.bundles.import(plain(bundle), { parent_id: second.workspace_id })

  expect(second).toMatchObject({ name: 'Lead (2)', is_own: true })
  expect(below).toMatchObject({ name: 'Lead' })
  expect(new Set([lead.id, second.workspace_id, below.workspace_id]).size).toBe(3)
})

test('RD-95: LC-35: what was changed after it was signed is refused, and by whom it is signed can be demanded', async () => {
  const { client, lead } = await given()
  const bundle = plain(await client.bundles.export(lead.id))
  const { key } = await client.bundles.key()
  const { manifest: _, ...unsigned } = bundle

  for (const changed of [
    { ...bundle, name: 'Other' },
    { ...bundle, extra: 'field' },
    { ...bundle, manifest: { ...(bundle.manifest as object), redacted: [] } },
    { ...bundle, manifest: { ...(bundle.manifest as object), signature: 'AAAA' } },
    { ...bundle, manifest: { ...(bundle.manifest as object), key: 'AAAA' } },
  ])
    await expect(client.bundles.import(changed)).rejects.toMatchObject({ code: 'invalid' })

  await expect(client.bundles.import(unsigned, { signed_by: key })).rejects.toMatchObject({
    code: 'forbidden',
  })
  expect(await client.bundles.import(unsigned)).toMatchObject({ signed_by: null })
  expect(await client.bundles.import(bundle, { signed_by: key })).toMatchObject({ signed_by: key })
})

const node = (more: object = {}) => ({
  schema: '1.0',
  name: 'A',
  prompts: { 'config.yaml': 'runtime: command\nruntime_config: {command: cat}\n' },
  ...more,
})
const nested = (depth: number): object =>
  depth === 0 ? node() : node({ sub_workspaces: [nested(depth - 1)] })

test.each([
  [
    'a runtime that is none',
    { prompts: { 'config.yaml': 'runtime: nothing\n' } },
    'unknown_runtime',
  ],
  ['a path that leads out', { skills: [{ id: '..', files: { '../x': 'y' } }] }, 'invalid'],
  ['a path that is absolute', { prompts: { '/etc/passwd': 'x' } }, 'invalid'],
  ['YAML that is none', { prompts: { 'config.yaml': 'tier: [\n' } }, 'invalid'],
  ['another schema', { schema: '9' }, 'invalid'],
  ['a child that cannot be made', { sub_workspaces: [node({ tier: 9 })] }, 'invalid'],
  ['two children of one name', { sub_workspaces: [node(), node()] }, 'name_taken'],
  ['too deep a team', { sub_workspaces: [nested(20)] }, 'too_large'],
])('LC-35: %s is refused, and nothing of it is made', async (_, more, code) => {
  const { client } = await testServer()

  await expect(client.bundles.import(node(more))).rejects.toMatchObject({ code })

  expect(await client.workspaces.list()).toEqual([])
})

test('LC-35: too many workspaces and too large a body are refused as such', async () => {
  const { client } = await testServer()
  const many = Array.from({ length: 200 }, (_, n) => node({ name: `W${n}` }))
  const large = { prompts: { 'a.md': 'x'.repeat(25 * 1024 * 1024) } }

  await expect(client.bundles.import(node({ sub_workspaces: many }))).rejects.toMatchObject({
    code: 'too_large',
  })
  await expect(client.bundles.import(node(large))).rejects.toMatchObject({
    code: 'too_large',
    problem: { status: 413 },
  })
})

test('the key of bundles is taken along when the data key is rotated', async () => {
  const { client, lead } = await given()
  const before = await client.bundles.key()

  await client.secrets.rotateKey()

  expect(await client.bundles.key()).toEqual(before)
  expect((await client.bundles.export(lead.id)).manifest?.key).toBe(before.key)
})
