import { expect, test } from 'vitest'
import { piecesOf } from './pieces-of.ts'

test('a body is read piece by piece, and ended by whoever stops reading', async () => {
  let isEnded = false
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array([1, 2])),
    cancel: () => {
      isEnded = true
    },
  })

  for await (const piece of piecesOf(body)) {
    expect(piece).toEqual(new Uint8Array([1, 2]))
    break
  }

  expect(isEnded).toBe(true)
})
