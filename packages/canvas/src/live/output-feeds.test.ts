import type { OutputChunk } from '@molecule/contract/task'
import { expect, test, vi } from 'vitest'
import { givenChunk, outputEvent } from '../testing/given.ts'
import { until } from '../testing/until.ts'
import { outputFeeds } from './output-feeds.ts'

const pieces = ['one ', 'two ', 'three ', 'four ']
const chunks = pieces.map((text, chunk) =>
  givenChunk('t', { chunk, offset: pieces.slice(0, chunk).join('').length, text }),
)
const chunk = (n: number): OutputChunk => chunks[n] ?? givenChunk('t')

/** Stored output of a task that has printed the first `printed` pieces. */
function givenFeeds(printed: number) {
  const server = { printed }
  const topics: string[][] = []
  const read = vi.fn(async (_: string, after: number) => {
    const page = chunks.slice(after, Math.min(server.printed, after + 2))
    return { chunks: page, next: after + page.length, done: false }
  })
  const feeds = outputFeeds({ read, onTopics: (list) => topics.push([...list]) })
  return { feeds, server, topics, read }
}

const textOf = (watched: {
  store: { getState: () => { log: { blocks: readonly { text: string }[] } } }
}) =>
  watched.store
    .getState()
    .log.blocks.map(({ text }) => text)
    .join('')

test('reads what was printed, page by page, and goes on with what is pushed', async () => {
  const { feeds } = givenFeeds(3)

  const watched = feeds.watch('t')
  await until(() => expect(textOf(watched)).toBe('one two three '))
  feeds.receive(outputEvent(chunk(3)))

  expect(textOf(watched)).toBe('one two three four ')
  watched.stop()
})

test('a push that leaves a gap is answered by reading; a doubled one is passed over', async () => {
  const { feeds, server } = givenFeeds(1)
  const watched = feeds.watch('t')
  await until(() => expect(textOf(watched)).toBe('one '))

  server.printed = 4
  feeds.receive(outputEvent(chunk(3)))
  feeds.receive(outputEvent(chunk(0)))

  await until(() => expect(textOf(watched)).toBe('one two three four '))
  watched.stop()
})

test('two watchers share one feed; the last to leave ends it', async () => {
  const { feeds, topics, read } = givenFeeds(1)

  const first = feeds.watch('t')
  const second = feeds.watch('t')
  first.stop()
  expect(topics).toEqual([['task:t']])
  second.stop()

  expect(topics).toEqual([['task:t'], []])
  expect(first.store).toBe(second.store)
  expect(read.mock.calls.filter(([, after]) => after === 0)).toHaveLength(1)
})
