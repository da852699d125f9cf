import { expect, test } from 'vitest'
import { logText, logWords } from './log-words.ts'

test('a line of an agent host is told in parts, with the time where its reader is', () => {
  const line = JSON.stringify({
    // Without a zone it is the time here.
    time: '2026-01-01T09:30:00.120',
    level: 'warn',
    message: 'the server is silent',
    seconds: 4,
    address: 'http://127.0.0.1',
  })

  expect(logWords(line)).toEqual({
    time: '09:30:00.120',
    level: 'warn',
    tone: 'wait',
    message: 'the server is silent',
    fields: 'seconds=4 address=http://127.0.0.1',
  })
  expect(logText(line)).toBe(
    '09:30:00.120 warn the server is silent seconds=4 address=http://127.0.0.1',
  )
})

test.each(['Segmentation fault', '{"half', '{"no": "message"}', ''])(
  'the line %j is shown as it is',
  (line) => expect(logText(line)).toBe(line),
)
