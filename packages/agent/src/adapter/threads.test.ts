import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { threads } from './threads.ts'

test('threads that begin at once are all kept', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'threads-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'sessions.json')
  const { keep } = threads(file)

  await Promise.all(['a', 'b', 'c'].map((thread) => keep(thread, `session of ${thread}`)))

  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
    a: 'session of a',
    b: 'session of b',
    c: 'session of c',
  })
})
