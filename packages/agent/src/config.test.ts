import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { endOf, givenPlace, startHost, until } from './testing/given-host.ts'

test('programs find the configuration in a folder, fetched before the first lease', async () => {
  const place = await givenPlace('cat "$MOLECULE_CONFIG_DIR/skills/review/SKILL.md"')
  place.server.config.files = { 'config.yaml': 'name: it', 'skills/review/SKILL.md': 'Look twice.' }
  await startHost(place)

  const end = await endOf(place.server.give('x'))

  expect(end).toMatchObject({ outcome: 'completed', result: 'Look twice.' })
  const { calls } = place.server
  expect(calls.indexOf('config')).toBeLessThan(calls.indexOf('lease'))
})

test('RD-48, RD-49: what is saved while the host runs is there for the next task, without a restart; the same is not fetched again', async () => {
  const place = await givenPlace('cat "$MOLECULE_CONFIG_DIR"/skills/*/SKILL.md')
  const { config, calls } = place.server
  config.files = { 'skills/old/SKILL.md': 'Old.' }
  await startHost(place)
  const first = await endOf(place.server.give('x'))

  config.files = { 'skills/new/SKILL.md': 'New.' }
  config.version = 2
  const second = await endOf(place.server.give('y'))
  await endOf(place.server.give('z'))

  expect([first.result, second.result]).toEqual(['Old.', 'New.'])
  expect(calls.filter((call) => call === 'config')).toHaveLength(2)
})

test('one that cannot be laid fails the task that needs it, with what to do', async () => {
  const place = await givenPlace('echo done')
  const { config } = place.server
  await startHost(place)
  await endOf(place.server.give('first'))
  config.files = { 'a.md': 'x', 'a.md/b': 'a file in a file' }
  config.version = 2

  const end = await endOf(place.server.give('x'))

  expect(end).toMatchObject({
    ...{ outcome: 'failed', failure: 'transient' },
    reason: { code: 'config_unwritable' },
  })
})

test('RD-80: nothing of an earlier version stays, nor of one that was not written whole', async () => {
  const place = await givenPlace('ls "$MOLECULE_CONFIG_DIR"')
  const folder = join(place.home, 'run', '1')
  for (const name of ['config', 'config.next']) {
    await mkdir(join(folder, name), { recursive: true })
    await writeFile(join(folder, name, 'old.md'), 'old')
  }
  await startHost(place)

  const end = await endOf(place.server.give('x'))

  expect(end.result).toBe('config.yaml\n')
  expect(await readdir(folder)).not.toContain('config.next')
})

test('a configuration that cannot be written is the reason why nothing starts, with what to do', async () => {
  const place = await givenPlace('echo never')
  place.server.config.files = { 'a.md': 'x', 'a.md/b': 'a file in a file' }
  await startHost(place)

  await until(() => place.server.failures.length > 0)

  expect(place.server.failures[0]?.reason).toMatchObject({
    code: 'config_unwritable',
    hint: expect.stringContaining('restart the workspace'),
  })
})

test('a path that leads out of the folder writes nothing there', async () => {
  const place = await givenPlace('echo never')
  place.server.config.files = { '../../out.md': 'x' }
  await startHost(place)

  await until(() => place.server.failures.length > 0)

  expect(place.server.failures[0]?.reason.detail).toContain('leads out')
  await expect(stat(join(place.home, 'run', 'out.md'))).rejects.toThrow('ENOENT')
})
