import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { workspaceRow } from '../testing/wire-rows.ts'

async function given() {
  const folder = await mkdtemp(join(tmpdir(), 'bundle-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const cli = await givenCli({ workspaces: [workspaceRow({ name: 'Lead' })] })
  return { cli, file: join(folder, 'lead.json') }
}

test('export writes the file for its owner alone, and names what was blacked out', async () => {
  const { cli, file } = await given()
  await using _ = cli

  const first = await cli.run(['bundle', 'export', 'Lead', file])
  const again = await cli.run(['bundle', 'export', 'Lead', file])
  const printed = await cli.run(['bundle', 'export', 'Lead'])

  expect(first.stdout).toBe(`1 workspaces with 1 files are in ${file}.\n`)
  expect(first.stderr).toContain('blacked out: Lead: config.yaml')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(again).toMatchObject({ code: 6 })
  expect(JSON.parse(printed.stdout)).toMatchObject({ name: 'Lead' })
})

test('import sends the file as it is, says what was made and by whom it is signed', async () => {
  const { cli, file } = await given()
  await using _ = cli
  await cli.run(['bundle', 'export', 'Lead', file])

  const made = await cli.run(['bundle', 'import', file, '--parent', 'Lead'])
  const other = await cli.run(['bundle', 'import', file, '--signed-by', 'other'])

  expect(made.stdout).toMatch(/^[0-9a-f-]{36} {2}Lead {2}provisioning\n$/)
  expect(made.stderr).toContain('It is signed with k.')
  expect(other).toMatchObject({ code: 4 })
  expect((await cli.run(['bundle', 'key'])).stdout).toBe('k\n')
})

test('a file that is none, or no bundle, is named', async () => {
  const { cli, file } = await given()
  await using _ = cli

  const missing = await cli.run(['bundle', 'import', file])
  await writeFile(file, '[1]')
  const wrong = await cli.run(['bundle', 'import', file])

  expect(missing).toMatchObject({ code: 3 })
  expect(wrong).toMatchObject({ code: 2 })
  expect(wrong.stderr).toContain('is no bundle')
})
