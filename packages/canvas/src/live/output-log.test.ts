import fc from 'fast-check'
import { expect, test } from 'vitest'
import { givenChunk } from '../testing/given.ts'
import { append, emptyOutput, follows, maxOutputChars } from './output-log.ts'

test('overlapping and repeated chunks give each character once', () => {
  const whole = 'abcdefghijklmnopqrstuvwxyz'
  const cuts = fc.array(fc.tuple(fc.nat(25), fc.nat(25)), { maxLength: 40 })
  fc.assert(
    fc.property(cuts, (ranges) => {
      let log = emptyOutput
      for (const [from, length] of [...ranges, [0, 26] as const]) {
        const piece = givenChunk('t', { offset: from, text: whole.slice(from, from + length) })
        if (follows(log, piece)) log = append(log, [piece])
      }

      expect(log.blocks.map(({ text }) => text).join('')).toBe(whole)
    }),
  )
})

test('streams and attempts stay apart', () => {
  const log = append(emptyOutput, [
    givenChunk('t', { text: 'out' }),
    givenChunk('t', { text: 'err', offset: 3, stream: 'stderr' }),
    givenChunk('t', { text: 'again', attempt: 2 }),
    givenChunk('t', { text: 'late', attempt: 1, offset: 6 }),
  ])

  expect(log.blocks.map(({ attempt, stream, text }) => [attempt, stream, text])).toEqual([
    [1, 'stdout', 'out'],
    [1, 'stderr', 'err'],
    [2, 'stdout', 'again'],
  ])
})

test('a program that prints megabytes keeps its end', () => {
  const log = append(emptyOutput, [
    givenChunk('t', { text: 'x'.repeat(maxOutputChars) }),
    givenChunk('t', { text: 'the end', offset: maxOutputChars, stream: 'stderr' }),
  ])

  const kept = log.blocks.map(({ text }) => text).join('')
  expect(kept).toHaveLength(maxOutputChars)
  expect(kept.endsWith('the end')).toBe(true)
  expect(log.cut).toBe(true)
})
