import { expect, test } from 'vitest'
import type { AttemptRow, TaskRow } from '../../db/tables.ts'
import { timelineOf } from './task-timeline.ts'

const task = (more: Partial<TaskRow>) =>
  ({
    callerKind: 'user',
    callerId: 'anna',
    status: 'completed',
    error: null,
    createdAt: 1000,
    cancelRequestedAt: null,
    endedAt: null,
    ...more,
  }) as TaskRow

const attempt = (no: number, more: Partial<AttemptRow>) =>
  ({
    no,
    workspaceId: 'w',
    leasedAt: no * 10_000,
    startedAt: null,
    endedAt: null,
    outcome: null,
    reason: null,
    lateAt: null,
    ...more,
  }) as AttemptRow

const told = (entries: ReturnType<typeof timelineOf>) =>
  entries.map(({ what, attempt: no, outcome }) => [what, no, outcome])

test('a task that was lost once reads as it happened', () => {
  const lost = { code: 'lost', detail: 'its host died', hint: '' }
  const attempts = [
    attempt(1, { startedAt: 11_000, endedAt: 12_000, outcome: 'lost', reason: lost }),
    attempt(2, { startedAt: 21_000, endedAt: 25_000, outcome: 'completed' }),
  ]

  const entries = timelineOf(task({ endedAt: 25_000 }), attempts)

  expect(told(entries)).toEqual([
    ['asked', null, null],
    ['handed_over', 1, null],
    ['began', 1, null],
    ['attempt_ended', 1, 'lost'],
    ['handed_over', 2, null],
    ['began', 2, null],
    ['attempt_ended', 2, 'completed'],
    ['ended', null, 'completed'],
  ])
  expect(entries[0]).toMatchObject({ at: '1970-01-01T00:00:01.000Z', by: 'user:anna' })
  expect(entries[3]?.text).toBe('its host died')
})

test('what came after the end stands after it', () => {
  const error = { code: 'no_heartbeat', detail: 'no heartbeat', hint: '' }
  const row = task({ status: 'stuck', endedAt: 20_000, error, cancelRequestedAt: 15_000 })

  expect(told(timelineOf(row, [attempt(1, { startedAt: 11_000, lateAt: 30_000 })]))).toEqual([
    ['asked', null, null],
    ['handed_over', 1, null],
    ['began', 1, null],
    ['cancel_requested', null, null],
    ['ended', null, 'stuck'],
    ['late_result', 1, null],
  ])
})

test('one that waits in the queue was only asked for', () => {
  expect(told(timelineOf(task({ status: 'queued' }), []))).toEqual([['asked', null, null]])
})
