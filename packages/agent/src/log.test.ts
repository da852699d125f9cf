import { closeSync, openSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { hostLog } from './log.ts'

async function givenFile() {
  const folder = await mkdtemp(join(tmpdir(), 'host-log-'))
  const path = join(folder, 'host.log')
  const fd = openSync(path, 'a')
  onTestFinished(async () => {
    closeSync(fd)
    await rm(folder, { recursive: true })
  })
  return { path, fd }
}

test('a line is JSON with time, level, message and fields', async () => {
  const { path, fd } = await givenFile()

  hostLog(path, { fd })('warn', 'careful', { error: new Error('lost') })

  const line = JSON.parse(await readFile(path, 'utf8'))
  expect(line).toEqual({
    time: expect.any(String),
    level: 'warn',
    message: 'careful',
    error: 'lost',
  })
})

test('the log stays within two parts, and loses only the oldest lines', async () => {
  const { path, fd } = await givenFile()
  const log = hostLog(path, { fd, maxBytes: 1_000 })

  for (let index = 0; index < 100; index++) log('info', `line ${index}`)

  const [newer, older] = [await readFile(path, 'utf8'), await readFile(`${path}.1`, 'utf8')]
  const messages = (older + newer)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).message)
  expect(messages.at(-1)).toBe('line 99')
  expect(messages.length).toBeGreaterThan(10)
  for (const part of [path, `${path}.1`]) expect((await stat(part)).size).toBeLessThan(1_200)
})

test('a log that goes elsewhere than to its file is never cut', async () => {
  const { path, fd } = await givenFile()
  const log = hostLog(`${path}.other`, { fd, maxBytes: 10 })

  for (let index = 0; index < 5; index++) log('info', `line ${index}`)

  expect((await readFile(path, 'utf8')).trim().split('\n')).toHaveLength(5)
})
