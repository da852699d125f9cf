import type { CreateTask, TaskSummary } from '@molecule/contract/task'
import { MoleculeError } from '@molecule/sdk'
import { expect, test } from 'vitest'
import { at, givenTask } from '../testing/given.ts'
import { notYetTasks, outbox, type Pending } from './outbox.ts'

function givenOutbox() {
  const asked: CreateTask[] = []
  const accepted: TaskSummary[] = []
  const server = { isDown: false }
  const problem = {
    ...{ type: '', title: '', detail: 'down', hint: '', retryable: true, trace_id: '', error: '' },
    ...{ code: 'unavailable' as const, status: 503 },
  }
  const box = outbox({
    ask: async (_, body) => {
      asked.push(body)
      if (server.isDown) throw new MoleculeError(problem)
      return givenTask('t', 'w', { preview: body.text })
    },
    accept: (task) => accepted.push(task),
    newKey: () => `key-${asked.length}`,
    now: () => 0,
  })
  return { box, asked, accepted, server }
}

test('a delivered message becomes its task', async () => {
  const { box, asked, accepted } = givenOutbox()

  await box.send('w', 'hello')

  expect(asked).toEqual([{ text: 'hello', idempotency_key: 'key-0' }])
  expect(accepted).toHaveLength(1)
  expect(box.store.getState().pending).toEqual([])
})

test('a refused message stays, and trying again sends the same key', async () => {
  const { box, asked, server } = givenOutbox()
  server.isDown = true
  await box.send('w', 'hello')
  const [failed] = box.store.getState().pending
  expect(failed).toMatchObject({ state: 'failed', text: 'hello', error: { code: 'unavailable' } })

  server.isDown = false
  await box.retry(failed?.key ?? '')

  expect(asked.map((body) => body.idempotency_key)).toEqual(['key-0', 'key-0'])
  expect(box.store.getState().pending).toEqual([])
})

test('messages on their way never block the next one (UI-21)', async () => {
  const { box, asked } = givenOutbox()

  await Promise.all([box.send('w', 'one'), box.send('w', 'two')])

  expect(asked.map(({ text }) => text)).toEqual(['one', 'two'])
})

test('a message whose task the feed announced first shows once', () => {
  const message: Pending = {
    key: 'k',
    workspaceId: 'w',
    text: 'hello\nthere',
    sentAt: Date.parse(at(10)),
    state: 'sending',
    error: null,
  }
  const older = givenTask('old', 'w', { preview: 'hello there', created_at: at(1) })
  const fresh = givenTask('new', 'w', { preview: 'hello there', created_at: at(10) })
  const sameClock = (ms: number) => ms

  expect(notYetTasks([message], [older], sameClock)).toEqual([message])
  expect(notYetTasks([message], [older, fresh], sameClock)).toEqual([])
  expect(notYetTasks([message, { ...message, key: 'k2' }], [fresh], sameClock)).toHaveLength(1)
})
