import type { TimelineEntry } from '@molecule/contract/task'
import { expect, test } from 'vitest'
import { timelineSentence } from './timeline-words.ts'

const entry = (what: TimelineEntry['what'], more: Partial<TimelineEntry> = {}): TimelineEntry => ({
  at: '2026-01-01T00:00:00.000Z',
  what,
  attempt: null,
  outcome: null,
  by: null,
  text: null,
  ...more,
})

test.each([
  [entry('asked'), 'Asked for by Anna'],
  [entry('handed_over', { attempt: 2 }), 'Handed over to Anna as attempt 2'],
  [entry('began', { attempt: 2 }), 'Attempt 2 began'],
  [entry('attempt_ended', { attempt: 2, outcome: 'lost' }), 'Attempt 2 ended: lost'],
  [entry('cancel_requested'), 'Stop requested'],
  [entry('ended', { outcome: 'stuck' }), 'Ended: stuck'],
  [entry('ended', { outcome: 'completed' }), 'Ended: completed'],
  [entry('late_result', { attempt: 1 }), 'The result of attempt 1 arrived late'],
])('$what reads as a sentence', (step, sentence) => {
  expect(timelineSentence(step, 'Anna')).toBe(sentence)
})
