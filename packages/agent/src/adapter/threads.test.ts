import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { AdapterResult } from '../adapter.ts'
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

test('work that waits for its thread ends at once when it is called off, and is never begun', async () => {
  const { inSession } = threads('/nowhere/sessions.json')
  const never = new AbortController().signal
  const { promise, resolve } = Promise.withResolvers<AdapterResult>()
  const first = inSession('thread', never, () => promise)
  const stop = new AbortController()
  let isBegun = false
  const second = inSession('thread', stop.signal, async () => {
    isBegun = true
    return { outcome: 'completed', result: 'second' }
  })

  stop.abort()

  expect(await second).toMatchObject({ outcome: 'failed', reason: { code: 'called_off' } })
  resolve({ outcome: 'completed', result: 'first' })
  expect(await first).toMatchObject({ result: 'first' })
  await inSession('thread', never, async () => ({ outcome: 'completed', result: 'third' }))
  expect(isBegun).toBe(false)
})
