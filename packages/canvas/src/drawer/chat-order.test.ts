import { expect, test } from 'vitest'
import { at, givenActivity, givenTask } from '../testing/given.ts'
import { inOrder } from './chat-order.ts'

test('what was said unasked stands between the questions, at its time', () => {
  const tasks = [
    givenTask('first', 'w', { created_at: at(1) }),
    givenTask('third', 'w', { created_at: at(3) }),
  ]
  const messages = [
    givenActivity(2, { created_at: at(2) }),
    givenActivity(4, { created_at: at(4) }),
  ]

  const order = inOrder(tasks, messages).map((one) =>
    'task' in one ? one.task.id : one.message.seq,
  )

  expect(order).toEqual(['first', 2, 'third', 4])
})
