import { once } from 'node:events'
import { mkdtemp, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { spawn } from '../../lib/outside-transaction.ts'
import { openTestDatabase } from '../../testing/test-db.ts'
import { migrate } from '../migrate.ts'
import { transact } from '../transact.ts'

const writer = fileURLToPath(new URL('../../testing/commit-forever.ts', import.meta.url))

async function givenFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'durability-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'molecule.db')
}

test('every transaction that was answered survives kill -9', async () => {
  const path = await givenFile()
  const child = spawn(process.execPath, [writer, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const answered: string[] = []

  for await (const key of createInterface(child.stdout)) {
    answered.push(key)
    if (answered.length === 500) child.kill('SIGKILL')
  }
  if (child.signalCode === null) await once(child, 'exit')

  const { db } = await openTestDatabase(`sqlite:${path}`)
  const rows = await db.selectFrom('meta').select('key').execute()
  const stored = new Set(rows.map(({ key }) => key))
  expect(answered.length).toBeGreaterThanOrEqual(500)
  expect(answered.filter((key) => !stored.has(key))).toEqual([])
})

test('a file that breaks under a running server is reported as fatal', async () => {
  const path = await givenFile()
  const first = await openTestDatabase(`sqlite:${path}`)
  await migrate(first)
  await transact(first.db, async (tx) => {
    for (let n = 0; n < 200; n++) {
      await tx
        .insertInto('meta')
        .values({ key: String(n), value: 'x'.repeat(4_000) })
        .execute()
    }
  })
  await first.close()
  const fatal: unknown[] = []
  const { db } = await openTestDatabase(`sqlite:${path}`, { onFatal: (error) => fatal.push(error) })

  const { size } = await stat(path)
  await truncate(path, Math.floor(size / 2))
  const read = db.selectFrom('meta').selectAll().execute()

  await expect(read).rejects.toThrow('malformed')
  expect(fatal).toMatchObject([{ message: expect.stringContaining('malformed') }])
})
