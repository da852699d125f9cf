import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listActivity } from '../domain/activity/activity-store.ts'
import { fakeClock } from '../testing/fake-clock.ts'
import { givenOnline, givenOrg, givenTask } from '../testing/given.ts'
import { testDb } from '../testing/test-db.ts'
import { activityRetention } from './activity-retention.ts'

const DAY_MS = 24 * 3600_000
const quiet = { info() {}, warn() {}, error() {} }
const never = new AbortController().signal

test('CM-52: what is old is written down before it is forgotten, and the newest of each log stays', async () => {
  const clock = fakeClock(Date.UTC(2030, 0, 1))
  const db = await testDb({ clock })
  const folder = await mkdtemp(join(tmpdir(), 'molecule-activity-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const org = await givenOrg(db)
  const { workspace: busy } = await givenOnline(db, org)
  const { workspace: idle } = await givenOnline(db, org, { name: 'idle' })
  await givenTask(db, org, busy.id, { text: 'on the first day' })
  await givenTask(db, org, idle.id, { text: 'the only one' })
  await clock.advance(DAY_MS)
  await givenTask(db, org, busy.id, { text: 'on the second' })
  await clock.advance(6.5 * DAY_MS)
  await givenTask(db, org, busy.id, { text: 'today' })
  const retention = activityRetention({
    db,
    log: quiet,
    folder: join(folder, 'activity'),
    keepMs: 7 * DAY_MS,
    everyMs: DAY_MS,
  })

  await retention.round(never)
  await retention.round(never)

  const left = async (id: typeof busy.id) =>
    (await listActivity(db, id, { limit: 10 })).map(({ summary }) => summary)
  expect(await left(busy.id)).toEqual(['today', 'on the second'])
  expect(await left(idle.id)).toEqual(['the only one'])
  expect(await readdir(join(folder, 'activity'))).toEqual(['2030-01-01.jsonl'])
  const lines = (await readFile(join(folder, 'activity', '2030-01-01.jsonl'), 'utf8')).trimEnd()
  expect(lines.split('\n').map((line) => JSON.parse(line).request_body.text)).toEqual([
    'on the first day',
  ])
})
