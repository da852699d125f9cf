import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'

async function givenFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'template-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('a template is listed, pulled, changed and saved again', async () => {
  await using cli = await givenCli()
  const folder = await givenFolder()

  const list = await cli.run(['template', 'list'])
  const pull = await cli.run(['template', 'pull', 'helper', folder])
  const save = await cli.run(['template', 'save', 'helper', folder, '--note', 'calmer'])

  expect(list.stdout).toMatch(/helper +1 +command +review +\d+ d +helps/)
  expect(pull.stdout).toBe(`Version 1: 1 files are in ${folder}.\n`)
  expect(await readFile(join(folder, 'config.yaml'), 'utf8')).toContain('name: Lead')
  expect(cli.bodyOf('PUT', '/templates/helper')).toMatchObject({ base: 1, note: 'calmer' })
  expect(save.stdout).toBe('helper is at version 2.\n')
})

test('import sends the files of a folder, and follows no link out of it', async () => {
  await using cli = await givenCli()
  const folder = await givenFolder()
  await cli.run(['template', 'pull', 'helper', folder])

  const made = await cli.run(['template', 'import', 'Helper', folder])
  await symlink('/etc/passwd', join(folder, 'link'))
  const linked = await cli.run(['template', 'import', 'Helper', folder])

  expect(made.stdout).toBe('helper\n')
  expect(linked).toMatchObject({ code: 2 })
  expect(linked.stderr).toContain('neither a file nor a folder')
})

test('delete asks, and without a terminal it takes --yes', async () => {
  await using cli = await givenCli()

  const unasked = await cli.run(['template', 'delete', 'helper'])
  const said = await cli.run(['template', 'delete', 'helper', '--yes'])
  const unknown = await cli.run(['template', 'delete', 'other', '--yes'])

  expect(unasked).toMatchObject({ code: 2 })
  expect(said.stdout).toBe('helper is deleted.\n')
  expect(unknown).toMatchObject({ code: 3 })
})
