import { expect, test } from 'vitest'
import { emptied, noLines, withText } from './log-lines.ts'

const texts = (log: typeof noLines) => log.lines.map(({ text }) => text)

test('a line cut by the network is one line', () => {
  const log = ['fir', 'st\nsec', 'ond\nthi'].reduce((all, piece) => withText(all, piece), noLines)

  expect(texts(log)).toEqual(['first', 'second'])
  expect(log.rest).toBe('thi')
})

test('only the newest lines are held, and it shows that there were more', () => {
  const full = withText(noLines, 'a\nb\nc\n', 3)
  const more = withText(full, 'd\n', 3)

  expect(full.cut).toBe(false)
  expect(texts(more)).toEqual(['b', 'c', 'd'])
  expect(more.cut).toBe(true)
})

test('a line without an end does not grow without end', () => {
  const log = withText(withText(noLines, 'x'.repeat(20_000)), 'y'.repeat(20_000))

  expect(log.rest.length).toBeLessThanOrEqual(10_000)
})

test('what is read anew has other numbers than what it replaces', () => {
  const former = withText(noLines, 'a\nb\n')
  const anew = withText(emptied(former), 'a\n')

  expect(anew.lines).toEqual([{ no: 2, text: 'a' }])
  expect(anew.cut).toBe(false)
})
