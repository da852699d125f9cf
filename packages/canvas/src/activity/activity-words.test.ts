import { expect, test } from 'vitest'
import { givenActivity } from '../testing/given.ts'
import { headingOf, isOfKind, kinds } from './activity-words.ts'

const asked = givenActivity(1)
const answered = givenActivity(2, { method: 'delegate_result', source_id: 'w' })
const failed = givenActivity(3, { method: 'delegate_result', status: 'error' })
const delegated = givenActivity(4, { direction: 'out', activity_type: 'delegation' })
const said = givenActivity(5, { direction: 'out', activity_type: 'a2a_send', method: 'notify' })
const noted = givenActivity(6, { direction: 'own', activity_type: 'agent_log' })
const broke = givenActivity(7, { direction: 'own', activity_type: 'error', status: 'timeout' })

test.each([
  [asked, 'Asked by Ann'],
  [answered, 'Answer from Ann'],
  [failed, 'Ann failed'],
  [delegated, 'Delegated to Ann'],
  [said, 'Told the people'],
  [noted, 'Note'],
  [broke, 'Error'],
])('entry %# reads as a sentence', (entry, words) => {
  expect(headingOf(entry, 'Ann')).toBe(words)
})

test('each kind shows its own entries', () => {
  const entries = [asked, failed, said, noted, broke]
  const shown = (kind: (typeof kinds)[number]) =>
    entries.filter((entry) => isOfKind(entry, kind)).map(({ seq }) => seq)

  expect(kinds.map(shown)).toEqual([
    [1, 3, 5, 6, 7],
    [1, 3, 5],
    [6, 7],
    [3, 7],
  ])
})
