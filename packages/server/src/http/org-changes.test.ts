import { expect, test } from 'vitest'
import { transact } from '../db/transact.ts'
import { testServer } from '../testing/test-server.ts'

async function given() {
  const server = await testServer()
  const { client } = server
  const idOf = async (name: string) => {
    const found = (await client.workspaces.list()).find((each) => each.name === name)
    return found?.id ?? ''
  }
  return { server, client, idOf }
}

const org = (lead: string) => ({
  'org.yaml': `
name: Acme
workspaces:
  - name: Lead
    ${lead}
    children: [{name: Dev, runtime_config: {command: cat}}]
  - {name: Other, runtime_config: {command: cat}}
`,
})
const asCommand = org('runtime_config: {command: cat}')
const asExternal = org('external: true')

test('what a running workspace cannot be told is made anew, with all below, when that is asked and confirmed', async () => {
  const { client, idOf } = await given()
  await client.org.apply({ files: asCommand })
  const [lead, dev] = [await idOf('Lead'), await idOf('Dev')]
  await client.workspaces.create({ name: 'Own', parent_id: lead, external: true })

  const update = await client.org.plan({ files: asExternal, mode: 'update' })
  const plan = await client.org.plan({ files: asExternal, mode: 'replace' })

  expect(update.nodes[0]).toMatchObject({ action: 'exists', changes: [{ field: 'runtime' }] })
  expect(plan.nodes[0]).toMatchObject({
    ...{ action: 'replace', id: lead, runtime: 'external', removes: ['Dev', 'Own'] },
  })
  expect(plan.counts).toMatchObject({ replace: 1, create: 1, exists: 1 })
  await expect(client.org.apply({ files: asExternal, mode: 'replace' })).rejects.toMatchObject({
    code: 'confirmation_required',
  })
  expect(await idOf('Lead')).toBe(lead)

  const applied = await client.org.apply({ files: asExternal, mode: 'replace', confirm: true })

  expect(applied.workspaces[0]).toMatchObject({ name: 'Lead', replaced: lead })
  expect(applied.workspaces[0]).not.toHaveProperty('skipped')
  const [anew, below] = applied.workspaces
  expect(await client.workspaces.get(anew?.id ?? '')).toMatchObject({ runtime: 'external' })
  expect(below).toMatchObject({ name: 'Dev' })
  expect(below?.id).not.toBe(dev)
  const again = await client.org.plan({ files: asExternal, mode: 'replace' })
  expect(again.counts).toMatchObject({ replace: 0, create: 0, exists: 3 })
})

test('a plan says who may talk to whom by it, and what has to be started where', async () => {
  const { client } = await given()

  const first = await client.org.plan({ files: asExternal })
  await client.org.apply({ files: asExternal })
  const same = await client.org.plan({ files: asExternal })
  const less = { 'org.yaml': 'name: Acme\nworkspaces: [{name: Lead, external: true}]' }
  const pruned = await client.org.plan({ files: less, mode: 'prune' })

  expect(first.access).toMatchObject({ gained_count: 2, lost_count: 0 })
  expect(first.access.gained).toContainEqual({ between: [['Lead'], ['Lead', 'Dev']] })
  // The server of the test has no backend.
  expect(first.warnings).toEqual([expect.stringContaining('2 workspaces would not start')])
  expect(first.machines).toEqual([
    { backend: 'none', workspaces: 2 },
    { backend: 'external', workspaces: 1 },
  ])
  expect(same).toMatchObject({ access: { gained_count: 0, lost_count: 0 }, machines: [] })
  expect(pruned.access).toMatchObject({
    gained_count: 0,
    lost_count: 2,
    lost: [{ between: [['Lead'], ['Other']] }, { between: [['Lead'], ['Lead', 'Dev']] }],
  })
})

async function withLeftovers() {
  const { server, client, idOf } = await given()
  const twin = { role: 'leads', external: true }
  const first = await client.workspaces.create({ name: 'Lead', ...twin })
  const second = await client.workspaces.create({ name: 'Lead (2)', ...twin })
  const below = await client.workspaces.create({
    ...{ name: 'Below', parent_id: second.id, external: true },
  })
  const seen = await client.workspaces.create({ name: 'Seen', external: true })
  await transact(server.db, async (tx) => {
    await tx
      .updateTable('workspaces')
      .set({ lastHeartbeatAt: 1 })
      .where('name', '<>', 'Below')
      .execute()
  })
  return { client, idOf, first, second, below, seen }
}

test('leftovers are what is there twice and what never came, older than asked', async () => {
  const { client, first, second, below } = await withLeftovers()

  const { leftovers } = await client.org.leftovers({ older_than_hours: 0 })
  const young = await client.org.leftovers()

  expect(leftovers).toMatchObject([
    { id: second.id, kind: 'duplicate', of: first.id, children: 1, path: ['Lead (2)'] },
    { id: below.id, kind: 'never_registered', path: ['Lead (2)', 'Below'] },
  ])
  expect(young.leftovers).toEqual([])
})

test('only what is a leftover still is removed, when it is confirmed, and no team below it by the way', async () => {
  const { client, idOf, first, second, below, seen } = await withLeftovers()
  const prune = (ids: string[], confirm = true) =>
    client.org.prune({ ids, confirm, older_than_hours: 0 })

  await expect(prune([second.id])).rejects.toMatchObject({ code: 'not_allowed_now' })
  await expect(prune([first.id])).rejects.toMatchObject({ code: 'not_allowed_now' })
  await expect(prune([seen.id])).rejects.toMatchObject({ code: 'not_allowed_now' })
  await expect(prune([second.id, below.id], false)).rejects.toMatchObject({
    code: 'confirmation_required',
  })
  expect(await idOf('Below')).toBe(below.id)

  const { removed } = await prune([second.id, below.id])

  expect(removed.toSorted()).toEqual([second.id, below.id].toSorted())
  expect((await client.org.leftovers({ older_than_hours: 0 })).leftovers).toEqual([])
})
