import { expect, test } from 'vitest'
import { displayWidth, oneLine, safeText, truncate } from './plain-text.ts'

test('streamed text keeps lines, tabs and colors and loses what steers the terminal', () => {
  const text =
    'a\tb\r\n\u001b[1;31mred\u001b[0m \u001b[2Jcleared \u001b]52;c;cGFzdGU=\u0007pasted \u0008\u009b'

  expect(safeText(text)).toBe('a\tb\n\u001b[1;31mred\u001b[0m cleared pasted ')
})

test('a lone escape at the end of a piece is dropped', () => {
  expect(safeText('half\u001b')).toBe('half')
})

test('one line is what it says', () => {
  expect(oneLine('  a\n\n\u001b[31mb\u0000  c ')).toBe('a b c')
})

test.each([
  ['short', 10, 'short'],
  ['exactly', 7, 'exactly'],
  ['too long', 5, 'too …'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['anything', 0, ''],
])('truncate(%s, %i) is %s', (text, width, expected) => {
  expect(truncate(text, width)).toBe(expected)
})

test('a character made of many code points has one width', () => {
  expect(displayWidth('👨‍👩‍👧‍👦')).toBe(2)
  expect(displayWidth('e\u0301')).toBe(1)
})
