import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDataFolder } from './data-folder.ts'

async function givenFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'data-folder-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('a data folder is made with all above it, for its owner alone', async () => {
  const folder = join(await givenFolder(), 'a/b')

  const lock = await openDataFolder(folder)

  onTestFinished(lock.release)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
})

test('while one server works on it no other can, and once it ends another can', async () => {
  const folder = await givenFolder()
  const lock = await openDataFolder(folder)

  await expect(openDataFolder(folder)).rejects.toMatchObject({
    message: `Another server works on the data folder ${folder}.`,
    hint: expect.stringContaining('molecule down'),
  })
  lock.release()
  lock.release()
  const next = await openDataFolder(folder)
  next.release()
})

test('a file in its place, or on the way to it, is left alone and named', async () => {
  const file = join(await givenFolder(), 'data')
  await writeFile(file, 'mine')

  await expect(openDataFolder(file)).rejects.toMatchObject({
    message: `The data folder ${file} cannot be used: there is a file of that name.`,
    hint: expect.stringContaining('MOLECULE_DATA_DIR'),
  })
  await expect(openDataFolder(join(file, 'below'))).rejects.toMatchObject({
    message: expect.stringContaining('a part of its path is a file'),
  })
})

test('where the system takes no new folder the start is stopped in time', async () => {
  await expect(openDataFolder('/proc/molecule/data')).rejects.toMatchObject({
    message: 'The data folder /proc/molecule/data cannot be used: no folder can be made there.',
  })
})

test('a lock that is no file stops the start with words, not with a stack', async () => {
  const folder = await givenFolder()
  await mkdir(join(folder, 'lock.db'))

  await expect(openDataFolder(folder)).rejects.toMatchObject({
    name: 'StartError',
    message: expect.stringContaining('cannot be used'),
  })
})

test('a folder in which this user may not write is told', async () => {
  const closed = join(await givenFolder(), 'closed')
  await mkdir(closed, { mode: 0o500 })
  // To root only the kernel says no.
  const folder = process.getuid?.() === 0 ? '/sys/molecule' : closed

  await expect(openDataFolder(folder)).rejects.toMatchObject({
    message: expect.stringMatching(/this user may not write there|the disk is read-only/),
  })
})
