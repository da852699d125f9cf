import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, parseCanonical } from './canonical-json.ts'

test('CM-51: the example of RFC 8785 comes out as the RFC has it', () => {
  const value = {
    // biome-ignore lint/correctness/noPrecisionLoss: the RFC writes it so.
    numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: '€$\u000f\nA\'B"\\\\"/',
    literals: [null, true, false],
  }

  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  )
})

test('CM-51: members are sorted by UTF-16 code unit, and <, > and & stay as they are', () => {
  const value = {
    '€': 'Euro Sign',
    '\r': 'Carriage Return',
    '\ufb33': 'Hebrew Letter',
    '1': '<One> & only',
    '😀': 'Emoji: Grinning Face',
    '\u0080': 'Control',
    ö: 'Latin Small Letter',
  }

  expect(canonicalJson(value)).toBe(
    '{"\\r":"Carriage Return","1":"<One> & only","\u0080":"Control","ö":"Latin Small Letter","€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter"}',
  )
})

test('the same value has one text, whatever the order it was written in', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value)
      const shuffled = JSON.parse(JSON.stringify(value, reversed))
      expect(canonicalJson(shuffled)).toBe(text)
      expect(parseCanonical(text)?.value).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

const reversed = (_: string, value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).reverse())
    : value

test.each([
  ['a space', '{"a": 1}'],
  ['another order', '{"b":1,"a":1}'],
  ['a name twice', '{"a":1,"a":2}'],
  ['a number written otherwise', '{"a":1.0}'],
  ['a needless escape', '{"a":"\\u0041"}'],
  ['no JSON', 'a'],
])('a text with %s is not canonical', (_, text) => {
  expect(parseCanonical(text)).toBeUndefined()
})

test.each([
  ['not a number', Number.NaN],
  ['infinity', { a: Number.POSITIVE_INFINITY }],
  ['a function', [() => 1]],
])('%s is refused: JSON has no word for it', (_, value) => {
  expect(() => canonicalJson(value)).toThrow('JSON has no word for')
})
