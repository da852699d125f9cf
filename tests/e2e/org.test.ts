import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { givenInstallation } from './harness/given-installation.ts'
import type { Installation } from './harness/installation.ts'
import { patiently } from './harness/patiently.ts'
import { programPaths } from './harness/program-paths.ts'
import { runCli } from './harness/run-cli.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const template = (name: string) => join(programPaths.root, 'examples/organizations', name)

const molecule = async (installation: Installation, ...args: string[]) => {
  const { code, stdout, stderr } = await runCli(installation, args)
  return { code, said: `${stdout}${stderr}` }
}

async function names(installation: Installation): Promise<string[]> {
  const client = await installation.client()
  const all = await patiently(() => client.workspaces.list())
  const nameOf = (id: string | null) => all.find((each) => each.id === id)?.name ?? ''
  return all.map(({ name, parent_id }) => `${nameOf(parent_id)}/${name}`).sort()
}

test(`${promise('R-37')} applied ten times, five at once, while the server is killed twice, a template is one organization`, async () => {
  const installation = await givenInstallation()
  const first = await installation.start()
  const client = await installation.client()
  const files = { 'org.yaml': await readFile(join(template('help-desk'), 'org.yaml'), 'utf8') }
  const apply = () => patiently(() => client.org.apply({ files }))

  const atOnce = Promise.all([apply(), apply(), apply(), apply(), apply()])
  await first.kill()
  const second = await installation.start()
  const then = Promise.all([atOnce, apply(), apply()])
  await second.kill()
  await installation.start()
  await then
  for (let n = 0; n < 3; n += 1) await apply()

  expect(await names(installation)).toEqual([
    '/Front desk',
    'Front desk/Billing',
    'Front desk/Technician',
  ])
})

test(`${promise('R-37')} the templates of the examples are applied, answer, are changed and written out`, async () => {
  const installation = await givenInstallation()
  await installation.start()
  const client = await installation.client()
  const own = join(installation.folder, 'help-desk')
  await cp(template('help-desk'), own, { recursive: true })

  for (const name of ['help-desk', 'newsroom', 'software-team'])
    expect(await molecule(installation, 'org', 'apply', template(name))).toMatchObject({ code: 0 })
  await until('all are online', async () =>
    (await client.workspaces.list()).every(({ status }) => status === 'online'),
  )

  const desk = await molecule(installation, 'ask', 'Front desk', 'My invoice is wrong', '--quiet')
  const story = await molecule(installation, 'ask', 'Editor', 'a comet', '--quiet')
  expect(desk.said).toBe('Billing looks into it: My invoice is wrong\n')
  expect(story.said.trim().split('\n')).toEqual(
    ['Politics', 'Science', 'Sports'].map((each) => `${each}: what a comet means here.`),
  )

  const text = await readFile(join(own, 'org.yaml'), 'utf8')
  expect(await molecule(installation, 'org', 'diff', own)).toMatchObject({ code: 0 })
  await writeFile(join(own, 'org.yaml'), text.replace('Errors and crashes', 'All that broke'))
  const diff = await molecule(installation, 'org', 'diff', own)
  expect(diff.code).toBe(1)
  expect(diff.said).toContain('role: Errors and crashes → All that broke')
  const updated = await molecule(installation, 'org', 'apply', own, '--mode', 'update')
  expect(updated.said).toContain('3 of 3 existed, 0 created, 1 updated')

  const out = join(installation.folder, 'written')
  expect(await molecule(installation, 'org', 'export', out)).toMatchObject({ code: 0 })
  expect((await molecule(installation, 'org', 'diff', out)).said).toContain('is what the template')
})

test(`${promise('R-37')} every template of the examples can be applied, and says which keys it needs`, async () => {
  const installation = await givenInstallation()
  await installation.start()
  const folders = await readdir(join(programPaths.root, 'examples/organizations'), {
    withFileTypes: true,
  })

  for (const { name } of folders.filter((entry) => entry.isDirectory())) {
    const { code, said } = await molecule(installation, '--json', 'org', 'plan', template(name))
    expect([name, code]).toEqual([name, 0])
    const { nodes, warnings } = JSON.parse(said) as {
      nodes: { action: string }[]
      warnings: string[]
    }
    expect([name, new Set(nodes.map(({ action }) => action))]).toEqual([name, new Set(['create'])])
    expect([name, warnings]).toEqual([name, []])
  }
})
