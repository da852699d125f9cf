import { expect, test } from 'vitest'
import { readArguments, usage } from './arguments.ts'

const here = import.meta.dirname

test('without arguments the demo reviews the folder one stands in', () => {
  expect(readArguments([], here)).toEqual({ demo: true, down: false, repository: here })
})

test('each argument does what the usage says', () => {
  expect(readArguments(['--no-demo'], here)).toMatchObject({ demo: false })
  expect(readArguments(['--down'], here)).toMatchObject({ down: true })
  expect(readArguments(['--repository', '/'], here)).toMatchObject({ repository: '/' })
  expect(readArguments(['--help', '--repository', '/nowhere'], here)).toBeUndefined()
})

test.each([
  [['--nodemo'], "Unknown option '--nodemo'."],
  [['here'], "Unexpected argument 'here'."],
  [['--repository'], "Option '--repository <value>' argument missing."],
  [['--no-demo=1'], "Option '--no-demo' does not take an argument."],
])('%j is refused with the usage', (args, message) => {
  expect(() => readArguments(args, here)).toThrow(expect.objectContaining({ message, hint: usage }))
})

test.each(['/nowhere/at/all', import.meta.filename])('%s is no folder to review', (path) => {
  expect(() => readArguments(['--repository', path], here)).toThrow(
    expect.objectContaining({
      message: `The demo cannot review ${path}: there is no such folder.`,
      hint: expect.stringContaining('--repository'),
    }),
  )
})
