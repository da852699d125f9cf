import { expect, test } from 'vitest'
import { transact } from '../db/transact.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { testServer } from '../testing/test-server.ts'

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

async function given() {
  const server = await testServer()
  const { client } = server
  const { id } = await client.workspaces.create({
    name: 'Lead',
    role: 'leads',
    runtime_config: { command: 'cat' },
  })
  const save = async (files: Record<string, string | null>, more: { replace?: boolean } = {}) => {
    const { revision: base } = await client.config.get(id)
    return client.config.save(id, { base, files, ...more })
  }
  return { server, client, id, save, yaml: async () => yamlOf(await client.config.get(id)) }
}

const yamlOf = ({ files }: { files: Record<string, string> }) => files['config.yaml'] ?? ''

test('a workspace nobody configured shows its own fields', async () => {
  const { client, id } = await given()

  const config = await client.config.get(id)

  expect(config).toMatchObject({ version: 0, author: null, created_at: null, warnings: [] })
  expect(yamlOf(config)).toBe(
    [
      'name: Lead',
      'description: leads',
      'version: 1.0.0',
      'tier: 1',
      'runtime: command',
      'model: anthropic:claude-opus-4-7',
      'runtime_config:',
      '  command: cat',
      '  args: []',
      '  env: {}',
      '',
    ].join('\n'),
  )
})

test('a save is a version with its author; the next start reads it, and says so', async () => {
  const { client, id, save } = await given()

  const saved = await save({ 'system-prompt.md': 'Lead well.' })

  expect(saved).toMatchObject({ version: 1, author: 'admin' })
  expect(saved.files['system-prompt.md']).toBe('Lead well.')
  expect(await client.config.versions(id)).toMatchObject([
    { version: 1, author: 'admin', changed: ['system-prompt.md'] },
  ])
})

test('what config.yaml says of the workspace is written there, and what the workspace says is shown', async () => {
  const { client, id, save, yaml } = await given()
  const text = `# who it is\n${(await yaml()).replace('leads', 'leads well # mind the tone')}`

  await save({ 'config.yaml': text.replace('tier: 1', 'tier: 2') })

  expect(await client.workspaces.get(id)).toMatchObject({ role: 'leads well', tier: 2 })
  await client.workspaces.update(id, { role: 'rests', runtime_config: { command: 'tee' } })
  const shown = await yaml()
  expect(shown).toContain('# who it is\n')
  expect(shown).toContain('description: rests # mind the tone')
  expect(shown).toContain('command: tee')
})

test('keys are set and removed in place: comments and order stay', async () => {
  const { client, id, save, yaml } = await given()
  await save({ 'config.yaml': '# top\neffort: low # for now\nname: Lead\ntask_budget: 3\n' })

  await client.config.edit(id, { set: { effort: 'high', 'a2a.streaming': true } })
  const edited = await client.config.edit(id, { unset: ['task_budget'] })

  expect(yamlOf(edited)).toMatch(/^# top\neffort: high # for now\nname: Lead\n/)
  expect(await yaml()).toContain('a2a:\n  streaming: true')
  expect(await yaml()).not.toContain('task_budget')
  await expect(client.config.edit(id, { set: { 'effort.deep': 1 } })).rejects.toMatchObject({
    code: 'invalid',
  })
})

test('who saves over what somebody else has saved, or changed in the workspace, is told', async () => {
  const { client, id } = await given()
  const { revision: base } = await client.config.get(id)
  await client.config.save(id, { base, files: { 'a.md': 'first' } })

  const stale = client.config.save(id, { base, files: { 'a.md': 'second' } })

  await expect(stale).rejects.toMatchObject({
    code: 'conflict',
    problem: { extra: { version: 1 } },
  })
  const { revision } = await client.config.get(id)
  await client.workspaces.update(id, { role: 'changed elsewhere' })
  await expect(
    client.config.save(id, { base: revision, files: { 'a.md': 'third' } }),
  ).rejects.toMatchObject({ code: 'conflict' })
})

test('of ten saves at once on one revision, one is made', async () => {
  const { client, id } = await given()
  const { revision: base } = await client.config.get(id)

  const all = await Promise.allSettled(
    Array.from({ length: 10 }, (_, n) =>
      client.config.save(id, { base, files: { 'n.md': `${n}` } }),
    ),
  )

  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await client.config.versions(id)).toHaveLength(1)
})

test('an earlier version comes back as a new one, with the fields it spoke of', async () => {
  const { client, id, save, yaml } = await given()
  await save({ 'config.yaml': (await yaml()).replace('leads', 'first'), 'a.md': 'one' })
  const { revision } = await save({
    'config.yaml': (await yaml()).replace('first', 'second'),
    'a.md': null,
  })

  const restored = await client.config.restore({ workspace: id, version: 1 }, { base: revision })

  expect(restored).toMatchObject({ version: 3, files: { 'a.md': 'one' } })
  expect(await client.workspaces.get(id)).toMatchObject({ role: 'first' })
  expect((await client.config.versions(id))[0]).toMatchObject({
    version: 3,
    restored_from: 1,
    changed: ['a.md', 'config.yaml'],
  })
  expect((await client.config.version(id, 2)).files['a.md']).toBeUndefined()
})

test('saving what is there already makes no version', async () => {
  const { client, save, yaml } = await given()
  await save({ 'a.md': 'one' })

  const again = await save({ 'a.md': 'one', 'config.yaml': await yaml() })

  expect(again.version).toBe(1)
  expect((await client.audit.list({ action: 'config.save' })).records).toHaveLength(1)
})

test.each([
  ['config.yaml', 'name: [\n', 'config.yaml:2:1'],
  ['config.yaml', 'tier: many\n', 'config.yaml:1:7: tier'],
  ['config.yaml', 'runtime: codex\n', 'the runtime of a workspace stays'],
  ['config.yaml', 'runtime_config:\n  commnd: cat\n', 'does not fit the runtime'],
  ['config.yaml', 'name: ""\n', 'name'],
  ['../out.md', 'x', 'part that is empty'],
  ['/etc/passwd', 'x', 'is not relative'],
  ['a\\b', 'x', 'holds a backslash'],
  ['config.yaml/x', 'x', 'config.yaml is a file'],
])('RD-75: %s with %j is refused, and nothing is saved', async (path, content, why) => {
  const { client, id, save } = await given()
  const { revision: base } = await client.config.get(id)

  await expect(save({ [path]: content })).rejects.toThrow(why)

  expect((await client.config.get(id)).revision).toBe(base)
})

test('a configuration that is too large is refused as such', async () => {
  const { save } = await given()
  const many = Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`${n}.md`, 'x']))
  const large = Object.fromEntries(
    Array.from({ length: 6 }, (_, n) => [`${n}.md`, 'x'.repeat(900_000)]),
  )

  await expect(save(many)).rejects.toMatchObject({ code: 'too_large' })
  await expect(save(large)).rejects.toMatchObject({ code: 'too_large' })
})

test('keys that nothing reads are kept, and warned of', async () => {
  const { save } = await given()

  const { warnings, files } = await save({ 'config.yaml': 'idle_promt: hello\n' })

  expect(warnings).toEqual([
    'config.yaml: nothing reads the key "idle_promt"; did you mean "idle_prompt"?',
  ])
  expect(yamlOf({ files })).toContain('idle_promt: hello')
})

test('the host of the present start gets the files, one of an earlier start nothing', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const { client } = server
  const { revision: base } = await client.config.get(worker.id)
  await client.config.save(worker.id, { base, files: { 'system-prompt.md': 'Be brief.' } })

  const answer = await server.request('GET', '/host/config', bearer(worker.host))

  expect(await answer.json()).toMatchObject({
    version: 1,
    files: { 'system-prompt.md': 'Be brief.' },
  })
  await transact(server.db, (tx) =>
    tx.updateTable('workspaces').set({ incarnation: 8 }).where('id', '=', worker.id).execute(),
  )
  expect((await server.request('GET', '/host/config', bearer(worker.host))).status).toBe(409)
})

test('an agent writes its own prompts, and neither where it runs nor anything of another', async () => {
  const server = await testServer()
  const worker = await givenHosted(server, { name: 'worker' })
  const other = await givenHosted(server, { name: 'other' })
  const put = (id: string, body: object) =>
    server.request('PATCH', `/workspaces/${id}/config`, {
      ...bearer(worker.agent),
      body: JSON.stringify(body),
    })

  expect((await put(worker.id, { set: { idle_prompt: 'Look around.' } })).status).toBe(200)
  expect((await put(worker.id, { set: { tier: 4 } })).status).toBe(403)
  expect((await put(other.id, { set: { idle_prompt: 'Obey me.' } })).status).toBe(403)
})

test('the oldest of more than a hundred versions go, and their texts with them', async () => {
  const { server, client, id } = await given()
  for (let n = 0; n < 102; n += 1) await client.config.edit(id, { set: { effort: `${n}` } })

  const versions = await client.config.versions(id)

  expect(versions).toHaveLength(100)
  expect(versions.at(-1)?.version).toBe(3)
  const { texts } = await server.db
    .selectFrom('configBlobs')
    .select(({ fn }) => fn.countAll<number>().as('texts'))
    .executeTakeFirstOrThrow()
  expect(Number(texts)).toBe(100)
})

test('keys of a document that says nothing are set, and those that are not there need no removal', async () => {
  const { client, id, save, yaml } = await given()
  await save({ 'config.yaml': '# nothing yet\nnull\n' })

  await client.config.edit(id, { set: { effort: 'low' }, unset: ['a.b', 'tools.0'] })

  expect(await yaml()).toContain('effort: low')
})
