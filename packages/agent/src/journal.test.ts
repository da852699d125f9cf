import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openJournal } from './journal.ts'

const attempt = (name: string, fence = 1) => ({ task_id: name, attempt: 1, fence })

async function givenPath() {
  const folder = await mkdtemp(join(tmpdir(), 'journal-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'journal.jsonl')
}

async function reopen(path: string) {
  const journal = await openJournal(path)
  onTestFinished(() => journal.close())
  return journal
}

test('the newest state of each attempt is found again, settled ones are not', async () => {
  const path = await givenPath()
  const journal = await reopen(path)
  for (const name of ['a', 'b', 'c', 'd']) await journal.leased(attempt(name))
  for (const name of ['b', 'c', 'd']) await journal.started(attempt(name))
  await journal.ended(attempt('c'), { outcome: 'completed', result: 'answer' })
  await journal.ended(attempt('d'), { outcome: 'completed', result: 'told' })
  await journal.settled(attempt('d'))

  const found = (await reopen(path)).open()

  expect(found).toEqual([
    { ...attempt('a'), state: 'leased' },
    { ...attempt('b'), state: 'started' },
    { ...attempt('c'), state: 'ended', outcome: 'completed', result: 'answer' },
  ])
})

test('a torn last line is as if it was never written, and the next one is whole', async () => {
  const path = await givenPath()
  await (await reopen(path)).leased(attempt('a'))
  await appendFile(path, '{"task_id":"b","attempt":1,"fen')

  const journal = await reopen(path)
  await journal.leased(attempt('c'))

  const names = (await reopen(path)).open().map(({ task_id }) => task_id)
  expect(names).toEqual(['a', 'c'])
})

test('what is no journal entry is passed over', async () => {
  const path = await givenPath()
  await writeFile(path, 'null\n[]\n42\n{"state":1}\n\n')

  expect((await reopen(path)).open()).toEqual([])
})

test('after all was reported the file is empty, and goes on', async () => {
  const path = await givenPath()
  const journal = await reopen(path)
  await journal.started(attempt('a'))

  await journal.allReported()

  expect(await readFile(path, 'utf8')).toBe('')
  await journal.leased(attempt('b'))
  expect((await reopen(path)).open()).toMatchObject([{ task_id: 'b' }])
})

test('a long life does not make a long file', async () => {
  const path = await givenPath()
  const journal = await reopen(path)
  const result = 'x'.repeat(5_000_000)
  await journal.leased(attempt('open'))

  for (const name of ['a', 'b', 'c', 'd']) {
    await journal.ended(attempt(name), { outcome: 'completed', result })
    await journal.settled(attempt(name))
  }

  expect((await readFile(path)).length).toBeLessThan(1_000)
  expect((await reopen(path)).open()).toMatchObject([{ task_id: 'open' }])
})

test('writers at the same time do not mix their lines', async () => {
  const path = await givenPath()
  const journal = await reopen(path)
  const names = Array.from({ length: 50 }, (_, index) => `task-${index}`)

  await Promise.all(names.map((name) => journal.leased(attempt(name))))

  expect((await reopen(path)).open().map(({ task_id }) => task_id)).toEqual(names)
})
