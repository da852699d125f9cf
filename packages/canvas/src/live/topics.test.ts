import { expect, test } from 'vitest'
import { topicSet } from './topics.ts'

test('several owners share one list, and a topic stays as long as anybody wants it', () => {
  const told: (readonly string[])[] = []
  const topics = topicSet((list) => told.push(list))

  topics.set('output', ['task:a'])
  const first = topics.add('activity:w')
  const second = topics.add('activity:w')
  first()
  topics.set('output', [])
  second()

  expect(told).toEqual([
    ['task:a'],
    ['task:a', 'activity:w'],
    ['task:a', 'activity:w'],
    ['task:a', 'activity:w'],
    ['activity:w'],
    [],
  ])
})
