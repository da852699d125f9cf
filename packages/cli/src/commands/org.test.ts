import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { workspaceRow } from '../testing/wire-rows.ts'

async function givenFolder(files: Record<string, string | Buffer> = { 'org.yaml': 'name: Acme' }) {
  const folder = await mkdtemp(join(tmpdir(), 'template-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  return folder
}

test('plan sends the text files of the folder and prints the plan with what is missing', async () => {
  const folder = await givenFolder({
    'org.yaml': 'name: Acme',
    'roles/lead.md': 'Lead',
    '.git/config': 'no',
    'picture.png': Buffer.from([1, 0, 2]),
  })
  await using cli = await givenCli()

  const { code, stdout, stderr } = await cli.run(['org', 'plan', folder, '--lenient'])

  expect(code).toBe(0)
  expect(cli.bodyOf('POST', '/org/plan')).toEqual({
    files: { 'org.yaml': 'name: Acme', 'roles/lead.md': 'Lead' },
    mode: 'skip',
    lenient: true,
  })
  expect(stdout).toMatch(
    /create +Lead +command +1 +not applied yet: schedules\ncreate +Lead \/ Dev/,
  )
  expect(stderr).toContain('Missing, and required: API_KEY\nAcme: 2 to create.')
})

test('apply says what existed and what was made', async () => {
  await using cli = await givenCli()

  const { code, stderr } = await cli.run(['org', 'apply', await givenFolder(), '--force'])

  expect(code).toBe(0)
  expect(cli.bodyOf('POST', '/org/apply')).toMatchObject({ force: true, confirm: true })
  expect(stderr).toContain('Acme: 1 of 2 existed, 1 created.')
})

test('what would be removed is named, and nothing is without a yes', async () => {
  await using cli = await givenCli({ workspaces: [workspaceRow({ name: 'Old' })] })
  const args = ['org', 'apply', await givenFolder(), '--mode', 'prune']

  const refused = await cli.run(args)
  const done = await cli.run([...args, '--yes'])

  expect(refused).toMatchObject({ code: 2 })
  expect(refused.stderr).toContain('Old')
  expect(done.stderr).toContain('1 removed')
})

test('diff ends with 1 where there is a difference', async () => {
  await using cli = await givenCli()

  const { code, stderr } = await cli.run(['org', 'diff', await givenFolder()])

  expect(code).toBe(1)
  expect(cli.bodyOf('POST', '/org/plan')).toMatchObject({ mode: 'prune' })
  expect(stderr).toContain('Acme: 2 to create.')
})

test('export writes org.yaml, and over another only when told to', async () => {
  const folder = await givenFolder()
  await using cli = await givenCli()

  const refused = await cli.run(['org', 'export', folder])
  const written = await cli.run(['org', 'export', folder, '--overwrite'])
  const printed = await cli.run(['org', 'export'])

  expect(refused).toMatchObject({ code: 6 })
  expect(written.code).toBe(0)
  expect(await readFile(join(folder, 'org.yaml'), 'utf8')).toBe('name: Acme\n')
  expect(printed.stdout).toBe('name: Acme\n')
})

test('a folder that is none, and one with a link in it, ask the server nothing', async () => {
  const folder = await givenFolder()
  await symlink('/etc/passwd', join(folder, 'link'))
  await using cli = await givenCli()

  expect(await cli.run(['org', 'plan', folder])).toMatchObject({ code: 2 })
  expect(await cli.run(['org', 'plan', join(folder, 'none')])).toMatchObject({ code: 3 })
  expect(cli.bodyOf('POST', '/org/plan')).toBeUndefined()
})

test('templates lists what lies on the server, and what each needs', async () => {
  await using cli = await givenCli()

  const { stdout } = await cli.run(['org', 'templates'])

  expect(stdout).toMatch(/acme +Acme +2 +A_KEY or B_KEY +Two of them/)
})

test('prune lists what is left over and removes it only when told to', async () => {
  const workspaces = [workspaceRow({ name: 'Lead' }), workspaceRow({ name: 'Lead (2)' })]
  await using cli = await givenCli({ workspaces })

  const list = await cli.run(['org', 'prune', '--list', '--older-than', '0'])
  const unasked = await cli.run(['org', 'prune'])
  const said = await cli.run(['org', 'prune', '--yes'])
  const wrong = await cli.run(['org', 'prune', '--older-than', 'soon'])

  expect(list.stdout).toMatch(/Lead \(2\) +duplicate .* the same as "Lead" beside it/)
  expect(unasked).toMatchObject({ code: 2 })
  expect(cli.bodyOf('POST', '/org/prune')).toEqual({
    ids: [workspaces[1]?.id],
    confirm: true,
    older_than_hours: 24,
  })
  expect(said.stderr).toContain('1 removed.')
  expect(wrong).toMatchObject({ code: 2 })
})
