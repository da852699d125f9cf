import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { workspaceRow } from '../testing/wire-rows.ts'

const given = () => givenCli({ workspaces: [workspaceRow({ name: 'Lead' })] })

async function givenFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'config-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('show lists the files, and prints one of them as it is', async () => {
  await using cli = await given()

  const all = await cli.run(['config', 'show', 'Lead'])
  const one = await cli.run(['config', 'show', 'Lead', 'config.yaml'])
  const none = await cli.run(['config', 'show', 'Lead', 'no.md'])

  expect(all.stdout).toMatch(/config\.yaml +\d+/)
  expect(one.stdout).toBe('# ours\nname: Lead\n')
  expect(none).toMatchObject({ code: 3 })
  expect(none.stderr).toContain('It has: config.yaml')
})

test('set takes JSON or text, unset takes keys, and both say when it counts', async () => {
  await using cli = await given()

  const set = await cli.run(['config', 'set', 'Lead', 'effort=high', 'task_budget=[1]'])
  const unset = await cli.run(['config', 'unset', 'Lead', 'effort', '--note', 'too slow'])
  const nothing = await cli.run(['config', 'set', 'Lead', 'effort'])

  expect(cli.bodyOf('PATCH', /config$/)).toEqual({ set: { effort: 'high', task_budget: [1] } })
  expect(set.stdout).toBe('The configuration of Lead is at version 2.\n')
  expect(set.stderr).toContain('It counts from the next start')
  expect(unset.stdout).toContain('at version 3')
  expect(nothing).toMatchObject({ code: 2 })
})

test('push saves what was pulled and changed, and not over what somebody else has saved', async () => {
  await using cli = await given()
  const folder = await givenFolder()
  await cli.run(['config', 'pull', 'Lead', folder])
  await writeFile(join(folder, 'system-prompt.md'), 'Lead well.')

  const first = await cli.run(['config', 'push', 'Lead', folder])
  const sent = cli.bodyOf('PUT', /config$/)
  await writeFile(join(folder, '.molecule-revision'), '1-abc\n')
  const stale = await cli.run(['config', 'push', 'Lead', folder])
  const forced = await cli.run(['config', 'push', 'Lead', folder, '--force'])

  expect(first.stdout).toContain('at version 2')
  expect(sent).toEqual({
    base: '1-abc',
    replace: true,
    files: { 'config.yaml': '# ours\nname: Lead\n', 'system-prompt.md': 'Lead well.' },
  })
  expect(stale.code).toBe(6)
  expect(stale.stderr).toContain('changed meanwhile')
  expect(forced.stdout).toContain('at version 3')
  expect(await readFile(join(folder, '.molecule-revision'), 'utf8')).toBe('3-abc\n')
})

test('history tells who changed what, and restore takes a version of it', async () => {
  await using cli = await given()

  const history = await cli.run(['config', 'history', 'Lead'])
  const restored = await cli.run(['config', 'restore', 'Lead', '1'])
  const wrong = await cli.run(['config', 'restore', 'Lead', 'first'])

  expect(history.stdout).toMatch(/1 +\d+ d +user:ann +config\.yaml +first/)
  expect(cli.bodyOf('POST', /versions\/1\/restore$/)).toEqual({ base: '1-abc' })
  expect(restored.stdout).toContain('at version 2')
  expect(wrong).toMatchObject({ code: 2 })
})
