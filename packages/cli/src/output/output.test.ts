import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { output } from './output.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** What a person would see: both streams of one terminal, in the order of writing. */
function givenOutput({ isTTY = true, env = {}, isJson = false } = {}) {
  const written: string[] = []
  const sink = { write: (text: string) => written.push(text), isTTY, columns: 40 }
  const out = output({ stdout: sink, stderr: sink, env, isJson: () => isJson })
  return { out, written }
}

test('progress shows after a second, and is wiped before anything is printed', () => {
  const { out, written } = givenOutput()
  using _progress = out.spinner('starting')

  vi.advanceTimersByTime(900)
  const early = [...written]
  vi.advanceTimersByTime(200)
  out.lines(['done'])

  expect(early).toEqual([])
  expect(written[0]).toMatch(/2K. starting · 1 s$/)
  expect(written.slice(-2)).toEqual(['\r\u001b[2K', 'done\n'])
})

test('progress never breaks into a line that is still being printed', () => {
  const { out, written } = givenOutput()
  using _progress = out.spinner('working')

  out.screen.out('half a line')
  vi.advanceTimersByTime(5000)
  out.screen.endLine()

  expect(written).toEqual(['half a line', '\n'])
})

test('what was waited for first keeps the line, and it is free again after', () => {
  const { out, written } = givenOutput()
  {
    using _outer = out.spinner('outer')
    using _inner = out.spinner('inner')
    vi.advanceTimersByTime(1500)
  }
  const before = written.join('')
  using _next = out.spinner('next')
  vi.advanceTimersByTime(1500)

  expect(before).toContain('outer')
  expect(before).not.toContain('inner')
  expect(written.join('')).toContain('next')
})

test('progress is cut to the terminal', () => {
  const { out, written } = givenOutput()
  using progress = out.spinner('')
  progress.update('x'.repeat(200))

  vi.advanceTimersByTime(1200)

  expect(written[0]?.replace('\r\u001b[2K', '')).toHaveLength(39)
})

test('away from a terminal there is neither progress nor color', () => {
  const { out, written } = givenOutput({ isTTY: false })
  using _progress = out.spinner('starting')

  vi.advanceTimersByTime(5000)
  out.lines([out.style('bad', 'red')])

  expect(written).toEqual(['red\n'])
})

test.each([
  [{}, '\u001b[31mred\u001b[39m'],
  [{ NO_COLOR: '1' }, 'red'],
  [{ NO_COLOR: '' }, '\u001b[31mred\u001b[39m'],
  [{ TERM: 'dumb' }, 'red'],
])('with %j a failure is %j', (env, expected) => {
  expect(givenOutput({ env }).out.style('bad', 'red')).toBe(expected)
})

test('a result is printed in one of its two forms', () => {
  const json = givenOutput({ isJson: true })
  const plain = givenOutput()

  for (const { out } of [json, plain]) out.show({ a: 1 }, () => out.lines(['one']))

  expect(json.written.join('')).toBe('{\n  "a": 1\n}\n')
  expect(plain.written.join('')).toBe('one\n')
})
