import { expect, test } from 'vitest'
import { cutMarker, maxStoredUnits, outputBuffer } from './output-buffer.ts'

test('output is taken in order, in chunks that say where they belong', () => {
  const buffer = outputBuffer()
  buffer.write('stdout', 'ab')
  buffer.write('stdout', 'c')
  buffer.write('stderr', 'd')
  buffer.write('stdout', 'e')

  expect(buffer.take(100)).toEqual([
    { chunk: 0, offset: 0, stream: 'stdout', text: 'abc' },
    { chunk: 1, offset: 3, stream: 'stderr', text: 'd' },
    { chunk: 2, offset: 4, stream: 'stdout', text: 'e' },
  ])
})

test('what was not confirmed is taken again unchanged, whatever came meanwhile', () => {
  const buffer = outputBuffer()
  buffer.write('stdout', 'first')
  const taken = buffer.take(100)
  buffer.write('stdout', 'second')

  expect(buffer.take(100)).toEqual(taken)
  buffer.confirm()
  expect(buffer.take(100)).toEqual([{ chunk: 1, offset: 5, stream: 'stdout', text: 'second' }])
  buffer.confirm()
  expect(buffer.isEmpty()).toBe(true)
})

test('RD-100: a cut never splits a character', () => {
  const buffer = outputBuffer()
  buffer.write('stdout', 'a🥊b')

  const texts: string[] = []
  while (!buffer.isEmpty()) {
    texts.push(...buffer.take(2).map(({ text }) => text))
    buffer.confirm()
  }

  expect(texts).toEqual(['a', '🥊', 'b'])
})

test('past the limit one marker follows, then nothing but the count', () => {
  const buffer = outputBuffer()
  buffer.write('stdout', 'x'.repeat(maxStoredUnits - 1))

  buffer.write('stdout', 'yz')
  buffer.write('stderr', 'more')

  const kept = buffer
    .take(2 * maxStoredUnits)
    .map(({ text }) => text)
    .join('')
  expect(kept).toBe(`${'x'.repeat(maxStoredUnits - 1)}y${cutMarker}`)
  expect(buffer.printed()).toBe(maxStoredUnits + 5)
})

test('many changes of stream are spread over many takes', () => {
  const buffer = outputBuffer()
  for (let index = 0; index < 40; index++) buffer.write(index % 2 ? 'stderr' : 'stdout', '.')

  const sizes: number[] = []
  while (!buffer.isEmpty()) {
    sizes.push(buffer.take(100).length)
    buffer.confirm()
  }

  expect(sizes).toEqual([16, 16, 8])
})
