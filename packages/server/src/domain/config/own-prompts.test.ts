import type { WorkspaceId } from '@molecule/contract/id'
import { expect, test } from 'vitest'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Db, TaskRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { idlePrompts } from '../../reconcile/idle-prompts.ts'
import { fakeClock } from '../../testing/fake-clock.ts'
import { givenOrg, givenWorkspace } from '../../testing/given.ts'
import { testDb } from '../../testing/test-db.ts'
import { arrive } from '../host/arrive.ts'
import { completeAttempt, startAttempt } from '../task/task-attempt.ts'
import { leaseAttempts } from '../task/task-lease.ts'
import { pauseWorkspace } from '../workspace/workspace-pause.ts'
import { restartWorkspace } from '../workspace/workspace-service.ts'
import { moveWorkspace } from '../workspace/workspace-status.ts'
import { editConfig, saveConfig } from './config-service.ts'

const quiet = { info() {}, warn() {}, error() {} }
const never = new AbortController().signal

/** A workspace with this configuration, and a way to start it. */
async function given(set: Record<string, unknown>) {
  const clock = fakeClock()
  const db = await testDb({ clock })
  const org = await givenOrg(db)
  const { id } = await givenWorkspace(db, org)
  await editConfig(db, org.admin, id, { base: undefined, set, unset: [] })
  let incarnation = 0
  const host = () =>
    ({ kind: 'host', orgId: org.orgId, workspaceId: id, credentialId: 'x', incarnation }) as const
  return {
    ...{ clock, db, org, id },
    /** A start whose host reports in for the first time. */
    async start() {
      incarnation += 1
      await begin(db, id, incarnation)
      await arrive(db, host())
    },
    /** Its agent does all that it was asked. */
    async work() {
      for (const leased of await leaseAttempts(db, { ...host(), running: [] }, 10)) {
        await startAttempt(db, host(), leased)
        const { task_id, attempt, fence } = leased
        await completeAttempt(db, host(), {
          task_id,
          attempt,
          fence,
          outcome: 'completed',
          result: '',
        })
      }
    },
    asked: () => asked(db, id),
    controller: idlePrompts({ db, log: quiet }),
  }
}

const begin = (db: Db, id: WorkspaceId, incarnation: number) =>
  transact(db, async (tx) => {
    await moveWorkspace(tx, id, 'begin', {
      incarnation,
      startedGeneration: incarnation,
      provisionPhase: 'start',
      provisionStartedAt: await dbNow(tx),
      backend: 'process',
      nodeId: 'node',
      nextStartAt: null,
    })
  })

const asked = (db: Db, id: WorkspaceId): Promise<TaskRow[]> =>
  db.selectFrom('tasks').selectAll().where('calleeId', '=', id).orderBy('createdAt').execute()

test('RD-50: the initial prompt is asked once, with the first report of its host, and survives whatever happens to that', async () => {
  const { start, asked } = await given({ initial_prompt: 'Read the rules.' })
  expect(await asked()).toEqual([])

  await start()
  await start()

  expect(await asked()).toMatchObject([
    { preview: 'Read the rules.', callerKind: 'system', callerId: 'initial-prompt' },
  ])
})

test('a session that was reset is asked its initial prompt anew', async () => {
  const { start, asked, db, org, id } = await given({ initial_prompt: 'Read the rules.' })
  await start()

  await restartWorkspace(db, org.admin, id, { reset_session: true })
  await start()

  expect(await asked()).toHaveLength(2)
})

test('a prompt may lie in a file; without one nothing is asked', async () => {
  const { start, asked, db, org, id } = await given({ initial_prompt_file: 'prompts/first.md' })
  await start()
  expect(await asked()).toEqual([])

  const files = { 'prompts/first.md': 'From the file.\n' }
  await saveConfig(db, org.admin, id, { base: undefined, files, replace: false })
  await start()

  expect(await asked()).toMatchObject([{ preview: 'From the file.' }])
})

test('the idle prompt is asked when there was nothing to do for so long, again and again, and never beside other work', async () => {
  const { start, asked, work, clock, controller } = await given({
    idle_prompt: 'Look for work.',
    idle_interval_seconds: 60,
  })
  await start()
  const rounds = async (seconds: number) => {
    for (let n = 0; n < seconds; n += 5) {
      await clock.advance(5000)
      await controller.round(never)
    }
  }

  await rounds(55)
  expect(await asked()).toEqual([])
  await rounds(15)
  expect(await asked()).toMatchObject([{ preview: 'Look for work.', callerId: 'idle-prompt' }])
  await rounds(200)
  expect(await asked()).toHaveLength(1)
  await work()
  await rounds(70)
  expect(await asked()).toHaveLength(2)
})

test('a paused workspace, and one without an idle prompt, are left alone', async () => {
  const paused = await given({ idle_prompt: 'Look for work.', idle_interval_seconds: 10 })
  const plain = await given({})
  await paused.start()
  await plain.start()
  await pauseWorkspace(paused.db, paused.org.admin, paused.id)

  for (const { clock, controller } of [paused, plain])
    for (let n = 0; n < 10; n += 1) {
      await clock.advance(5000)
      await controller.round(never)
    }

  expect(await paused.asked()).toEqual([])
  expect(await plain.asked()).toEqual([])
})
