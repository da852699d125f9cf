import { expect, test } from 'vitest'
import { keyedWork } from './keyed-work.ts'

/** Work that ends when the test says so. */
function heldWork(sideBySide: number) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const work = keyedWork<string, number>({
    sideBySide,
    work: (key, item) =>
      new Promise((resolve) => {
        begun.push(`${key}${item}`)
        ends.set(`${key}${item}`, resolve)
      }),
  })
  const end = async (name: string) => {
    ends.get(name)?.()
    await new Promise(setImmediate)
  }
  return { work, begun, end }
}

test('a slow key holds up no other', async () => {
  const { work, begun, end } = heldWork(2)

  for (const key of ['a', 'b', 'c']) work.offer(key, 1)
  expect(begun).toEqual(['a1', 'b1'])
  await end('b1')

  expect(begun).toEqual(['a1', 'b1', 'c1'])
  expect(work.backlog()).toBe(2)
})

test('LC-11: what comes while a key is at work is done once afterwards, with the newest item', async () => {
  const { work, begun, end } = heldWork(2)
  work.offer('a', 1)

  for (const item of [2, 3, 4]) work.offer('a', item)
  expect(begun).toEqual(['a1'])
  await end('a1')

  expect(begun).toEqual(['a1', 'a4'])
  await end('a4')
  await work.idle()
  expect(work.backlog()).toBe(0)
})
