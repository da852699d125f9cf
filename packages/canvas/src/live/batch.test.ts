import { expect, test } from 'vitest'
import { batch, maxBatch } from './batch.ts'

function givenBatch() {
  const applied: number[][] = []
  const due: (() => void)[] = []
  const frames = batch<number>(
    (run) => {
      due.push(run)
      return () => due.splice(due.indexOf(run), 1)
    },
    (items) => applied.push([...items]),
  )
  return { frames, applied, due }
}

test('a frame’s events are applied together, once', () => {
  const { frames, applied, due } = givenBatch()

  for (const n of [1, 2, 3]) frames.add(n)
  expect(applied).toEqual([])
  due[0]?.()

  expect(applied).toEqual([[1, 2, 3]])
  expect(due).toEqual([])
})

test('a flood does not wait for the frame', () => {
  const { frames, applied } = givenBatch()

  for (let n = 0; n < maxBatch; n += 1) frames.add(n)

  expect(applied).toHaveLength(1)
})
