import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { removeServerFile, serverFile, writeServerFile } from './server-file.ts'

async function givenFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'server-file-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('the file says where this process serves, until it is removed', async () => {
  const folder = await givenFolder()

  await writeServerFile(folder, 'http://127.0.0.1:8080')

  expect(JSON.parse(await readFile(serverFile(folder), 'utf8'))).toMatchObject({
    pid: process.pid,
    url: 'http://127.0.0.1:8080',
  })
  await removeServerFile(folder)
  await removeServerFile(folder)
  await expect(readFile(serverFile(folder))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('the file of another server stays', async () => {
  const folder = await givenFolder()
  const other = JSON.stringify({ pid: process.pid + 1, url: 'http://127.0.0.1:8081' })
  await writeFile(serverFile(folder), other)

  await removeServerFile(folder)

  expect(await readFile(serverFile(folder), 'utf8')).toBe(other)
})
