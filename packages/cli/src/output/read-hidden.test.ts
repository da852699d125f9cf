import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { Cli } from '../cli.ts'
import { readHidden } from './read-hidden.ts'

/** A terminal on which somebody types. */
function givenTerminal(typed: string) {
  const modes: boolean[] = []
  const stdin = Object.assign(new PassThrough(), {
    setRawMode(mode: boolean) {
      modes.push(mode)
      return stdin
    },
  })
  stdin.write(typed)
  let shown = ''
  const screen = {
    err: (text: string) => {
      shown += text
    },
  }
  const interrupt = new AbortController()
  const cli = { stdin, out: { screen }, signal: interrupt.signal } as unknown as Cli
  return { cli, modes, shown: () => shown, interrupt: () => interrupt.abort() }
}

test.each([
  ['value\r', 'value'],
  ['vx\u007falue\n', 'value'],
  ['wrong\u0015value\r', 'value'],
  ['naïve 🥊\u007f\r', 'naïve '],
  ['\r', ''],
])('%j is read as %j and never shown', async (typed, read) => {
  const terminal = givenTerminal(typed)

  expect(await readHidden(terminal.cli, 'Value: ')).toBe(read)

  expect(terminal.shown()).toBe('Value: \n')
  expect(terminal.modes).toEqual([true, false])
})

test('an interrupt ends the prompt', async () => {
  const terminal = givenTerminal('half')

  const reading = readHidden(terminal.cli, 'Value: ')
  terminal.interrupt()

  await expect(reading).rejects.toThrow('aborted')
})
