import { expect, test } from 'vitest'
import { testServer } from '../testing/test-server.ts'

const helper = {
  name: 'Code Helper',
  files: {
    'config.yaml':
      '# shared\ndescription: helps\ntier: 2\nruntime: command\nruntime_config:\n  command: cat\n',
    'system-prompt.md': 'Help.',
    'skills/review/SKILL.md': 'Look twice.',
  },
}

test('an imported template is listed with what its configuration says', async () => {
  const { client } = await testServer()

  const imported = await client.templates.import(helper)

  expect(imported).toEqual({ status: 'imported', id: 'code-helper', name: 'Code Helper' })
  expect(await client.templates.list()).toMatchObject([
    {
      ...{ id: 'code-helper', name: 'Code Helper', description: 'helps', version: 1 },
      ...{ tier: 2, runtime: 'command', model: null, skills: ['review'], skill_count: 1 },
    },
  ])
  await expect(client.templates.import(helper)).rejects.toMatchObject({ code: 'name_taken' })
})

test('without a config.yaml one is made that names its prompts and skills', async () => {
  const { client } = await testServer()
  const { id } = await client.templates.import({
    name: '???',
    files: { 'b.md': 'b', 'a.md': 'a', 'skills/x/SKILL.md': 'x' },
  })

  const { files } = await client.templates.get(id)

  expect(id).toBe('unnamed')
  expect(files['config.yaml']).toBe(
    'name: ???\nversion: 1.0.0\nprompt_files:\n  - a.md\n  - b.md\nskills:\n  - x\n',
  )
})

test('LC-68: a template that cannot be taken whole leaves nothing; versions, changes and removal exist', async () => {
  const { server, client } = await given()
  const bad = { name: 'Bad', files: { 'a.md': 'fine', '../out.md': 'no' } }

  await expect(client.templates.import(bad)).rejects.toMatchObject({ code: 'invalid' })

  expect(await client.templates.list()).toEqual([])
  const { id } = await client.templates.import(helper)
  const files = { ...helper.files, 'system-prompt.md': 'Help more.' }
  expect(await client.templates.save(id, { base: 1, files, note: 'more' })).toMatchObject({
    version: 2,
    versions: [{ version: 2, note: 'more', changed: ['system-prompt.md'] }, { version: 1 }],
  })
  await expect(client.templates.save(id, { base: 1, files })).rejects.toMatchObject({
    code: 'conflict',
  })
  await client.templates.remove(id)
  await expect(client.templates.get(id)).rejects.toMatchObject({ code: 'not_found' })
  const left = await server.db.selectFrom('configBlobs').selectAll().execute()
  expect(left).toEqual([])
})

async function given() {
  const server = await testServer()
  return { server, client: server.client }
}

test('a workspace begins with the files of its template, which speak for what is not said', async () => {
  const { client } = await given()
  const { id: template } = await client.templates.import(helper)

  const { id } = await client.workspaces.create({ name: 'Ann', role: 'reviews', template })

  expect(await client.workspaces.get(id)).toMatchObject({
    ...{ name: 'Ann', role: 'reviews', tier: 2, runtime: 'command' },
    runtime_config: { command: 'cat' },
  })
  const config = await client.config.get(id)
  expect(config).toMatchObject({ version: 1, note: 'template code-helper, version 1' })
  expect(config.files['config.yaml']).toMatch(/^# shared\ndescription: reviews\n/)
  expect(config.files['system-prompt.md']).toBe('Help.')
  await expect(
    client.workspaces.create({ name: 'Bob', template: 'no-such' }),
  ).rejects.toMatchObject({ code: 'invalid' })
})

test('a restart lays the template on again as it is now, over what is there', async () => {
  const { client } = await given()
  const { id: template } = await client.templates.import(helper)
  const { id } = await client.workspaces.create({ name: 'Ann', template })
  const { revision: base } = await client.config.get(id)
  await client.config.save(id, { base, files: { 'own.md': 'mine' } })
  await client.templates.save(template, {
    base: 1,
    files: { ...helper.files, 'system-prompt.md': 'Help more.' },
  })

  await client.workspaces.restart(id, {}, { apply_template: true })

  const { files, note } = await client.config.get(id)
  expect(files).toMatchObject({ 'own.md': 'mine', 'system-prompt.md': 'Help more.' })
  expect(note).toBe('template code-helper, version 2')
  const other = await client.workspaces.create({ name: 'Bob', runtime_config: { command: 'cat' } })
  await expect(
    client.workspaces.restart(other.id, {}, { apply_template: true }),
  ).rejects.toMatchObject({ code: 'invalid' })
})
