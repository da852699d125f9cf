import { expect, test } from 'vitest'
import { testServer } from '../testing/test-server.ts'

const org = (more = '') => `
name: Acme
defaults: {runtime_config: {command: cat}}
workspaces:
  - name: Lead
    role: Leads
    children:
      - {name: Dev, tier: 2}
      - {name: Test, external: true}
${more}`
const files = (text = org()) => ({ 'org.yaml': text })

async function given() {
  const server = await testServer()
  const { client } = server
  const names = async () => {
    const all = await client.workspaces.list()
    const nameOf = (id: string | null) => all.find((each) => each.id === id)?.name
    return all.map(({ name, parent_id }) => `${nameOf(parent_id) ?? ''}/${name}`).sort()
  }
  return { server, client, names }
}

test('a plan says what would be made and makes nothing; applying makes it, once', async () => {
  const { client, names } = await given()

  const plan = await client.org.plan({ files: files() })
  expect(await names()).toEqual([])
  const first = await client.org.apply({ files: files() })
  const again = await client.org.apply({ files: files() })

  expect(plan.counts).toEqual({
    ...{ create: 3, exists: 0, update: 0, replace: 0, prune: 0, blocked: 0 },
  })
  expect(plan.nodes.map(({ path, peers }) => [path.join('/'), peers])).toEqual([
    ['Lead', 2],
    ['Lead/Dev', 2],
    ['Lead/Test', 2],
  ])
  expect(first).toMatchObject({
    count: 3,
    workspaces: [{ name: 'Lead' }, { name: 'Dev', tier: 2 }, {}],
  })
  expect(again.count).toBe(0)
  expect(again.workspaces.every(({ skipped }) => skipped)).toBe(true)
  expect(await names()).toEqual(['/Lead', 'Lead/Dev', 'Lead/Test'])
})

test('LC-24: ten applies, five of them at once, are one organization; what is missing of it is made', async () => {
  const { client, names } = await given()
  const apply = () => client.org.apply({ files: files() })
  await Promise.all([apply(), apply(), apply(), apply(), apply()])
  for (let n = 0; n < 4; n += 1) await apply()
  const dev = (await client.workspaces.list()).find(({ name }) => name === 'Dev')
  await client.workspaces.remove(dev?.id ?? '')

  const completed = await apply()

  expect(completed.count).toBe(1)
  expect(await names()).toEqual(['/Lead', 'Lead/Dev', 'Lead/Test'])
})

test('an update changes what the file says and leaves what it does not; skip only shows the difference', async () => {
  const { client } = await given()
  await client.org.apply({ files: files() })
  const lead = (await client.workspaces.list()).find(({ name }) => name === 'Lead')
  await client.workspaces.update(lead?.id ?? '', { max_concurrent_tasks: 7 })
  const changed = files(org().replace('role: Leads', 'role: Directs'))

  const skipped = await client.org.apply({ files: changed })
  const before = await client.workspaces.get(lead?.id ?? '')
  const updated = await client.org.apply({ files: changed, mode: 'update' })

  expect(skipped.plan.nodes[0]).toMatchObject({
    action: 'exists',
    changes: [{ field: 'role', from: 'Leads', to: 'Directs' }],
  })
  expect(before.role).toBe('Leads')
  expect(updated.plan.counts).toMatchObject({ update: 1, exists: 2 })
  expect(await client.workspaces.get(lead?.id ?? '')).toMatchObject({
    role: 'Directs',
    max_concurrent_tasks: 7,
  })
})

test('what the template no longer has is removed only when asked and confirmed, and nothing that people made', async () => {
  const { client, names } = await given()
  await client.org.apply({ files: files() })
  const lead = (await client.workspaces.list()).find(({ name }) => name === 'Lead')
  await client.workspaces.create({ name: 'Mine', parent_id: lead?.id ?? null, external: true })
  const smaller = files(org().replace('      - {name: Dev, tier: 2}\n', ''))

  const plan = await client.org.plan({ files: smaller, mode: 'prune' })
  const refused = await client.org.apply({ files: smaller, mode: 'prune' }).catch((e) => e.code)
  const applied = await client.org.apply({ files: smaller, mode: 'prune', confirm: true })

  expect(plan.nodes.filter(({ action }) => action === 'prune').map(({ path }) => path)).toEqual([
    ['Lead', 'Dev'],
  ])
  expect(refused).toBe('confirmation_required')
  expect(applied.pruned).toHaveLength(1)
  await expect.poll(names).toEqual(['/Lead', 'Lead/Mine', 'Lead/Test'])
})

test('what cannot be made is named, and then nothing is', async () => {
  const { client, names } = await given()
  const bad = files(org('  - {name: Odd, runtime: no-such-runtime}\n  - {name: Bad, tier: 9}\n'))

  const plan = await client.org.plan({ files: bad })
  const refused = await client.org.apply({ files: bad }).catch((error) => error)

  expect(
    plan.nodes.flatMap(({ path, blocked_by }) => (blocked_by ? [[path[0], blocked_by.code]] : [])),
  ).toEqual([
    ['Odd', 'unknown_runtime'],
    ['Bad', 'invalid'],
  ])
  expect(refused).toMatchObject({ code: 'not_allowed_now' })
  expect(await names()).toEqual([])
})

test('what is required has to be there, unless it is forced', async () => {
  const { client } = await given()
  const wanting = files(org('required_env: [API_KEY, {any_of: [A_KEY, B_KEY]}]\n'))
  await client.secrets.global.save({ key: 'B_KEY', value: 'x' })

  const plan = await client.org.plan({ files: wanting })
  const refused = await client.org.apply({ files: wanting }).catch((error) => error)
  const forced = await client.org.apply({ files: wanting, force: true })

  expect(plan.missing_env).toEqual(['API_KEY'])
  expect(refused).toMatchObject({ code: 'not_allowed_now' })
  expect(forced.count).toBe(3)
})

test('LC-57: keys with no effect yet, memories among them, are kept and named, and no apply seeds them again', async () => {
  const { server, client } = await given()
  const text = `${org('  - name: Planner\n    plugins: [search]\n    initial_memories: [{content: m}]\n')}
global_memories: [{content: everybody knows}]
`
  const marks = async () =>
    (await server.db.selectFrom('workspaces').select(['name', 'template']).execute()).sort((a, b) =>
      a.name.localeCompare(b.name),
    )

  const plan = await client.org.plan({ files: files(text) })
  await client.org.apply({ files: files(text) })
  const first = await marks()
  await client.org.apply({ files: files(text) })

  expect(plan.nodes.at(-1)).toMatchObject({
    path: ['Planner'],
    not_applied: ['plugins', 'initial_memories'],
  })
  expect(plan.warnings).toContain('global_memories is kept, and has no effect yet')
  expect(first.find(({ name }) => name === 'Planner')?.template?.kept).toMatchObject({
    initial_memories: [{ content: 'm' }],
  })
  expect(await marks()).toEqual(first)
})

test('an organization that is written out and applied elsewhere is the same', async () => {
  const first = await given()
  const text = org('  - name: Planner\n    schedules: [{cron_expr: "0 9 * * *", prompt: Plan}]\n')
  await first.client.org.apply({ files: files(text) })
  const exported = await first.client.org.export()
  const second = await given()

  const applied = await second.client.org.apply({ files: exported.files })

  expect(applied).toMatchObject({ org: 'Acme', count: 4 })
  expect(await second.names()).toEqual(await first.names())
  expect(await second.client.org.export()).toEqual(exported)
  const diff = await first.client.org.plan({ files: exported.files, mode: 'prune' })
  expect(diff.counts).toEqual({
    ...{ create: 0, exists: 4, update: 0, replace: 0, prune: 0, blocked: 0 },
  })
  expect(diff.nodes.flatMap(({ changes }) => changes)).toEqual([])
})

test('schedules come from the template, are changed with it, and what an agent made beside them stays', async () => {
  const { client } = await given()
  const text = (time: string) =>
    org(
      `  - name: Planner\n    external: true\n    schedules: [{name: plan, cron_expr: "${time}", prompt: Plan}]\n`,
    )
  await client.org.apply({ files: files(text('0 9 * * *')) })
  const { id } = (await client.workspaces.list()).find(({ name }) => name === 'Planner') ?? {}
  await client.schedules.create(id ?? '', { name: 'own', cron_expr: '5 * * * *', prompt: 'x' })
  const told = async () =>
    (await client.schedules.list(id ?? '')).map(({ name, cron_expr }) => `${name} ${cron_expr}`)

  const plan = await client.org.plan({ files: files(text('0 8 * * *')) })
  await client.org.apply({ files: files(text('0 8 * * *')), mode: 'update' })
  const updated = await told()
  const without = org('  - {name: Planner, external: true}\n')
  await client.org.apply({ files: files(without), mode: 'prune' })

  expect(plan.nodes.at(-1)?.changes).toMatchObject([
    { field: 'schedules', from: [{ cron_expr: '0 9 * * *' }], to: [{ cron_expr: '0 8 * * *' }] },
  ])
  expect(updated).toEqual(['own 5 * * * *', 'plan 0 8 * * *'])
  expect(await told()).toEqual(['own 5 * * * *'])
})
