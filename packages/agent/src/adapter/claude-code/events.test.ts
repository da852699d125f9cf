import { expect, test } from 'vitest'
import { eventsIn } from './events.ts'
import { failureOf } from './failures.ts'

test('a limit of the account says when it is over, and so does the failure', () => {
  const resetsAt = 1_800_000_000
  const said = {
    type: 'rate_limit_event',
    rate_limit_info: { status: 'rejected', resetsAt, rateLimitType: 'five_hour' },
  }
  const [event] = eventsIn(said)
  const result = {
    ...{ text: 'usage limit reached', isError: true, status: 429, subtype: 'success' },
    ...{ usage: undefined, costUsd: undefined },
  }

  expect(event).toEqual({ kind: 'limit', resetsAt })
  expect(eventsIn({ ...said, rate_limit_info: { status: 'allowed', resetsAt } })).toEqual([])
  expect(failureOf(result, new Date(resetsAt * 1000))).toMatchObject({
    ...{ failure: 'quota', retry_at: '2027-01-15T08:00:00.000Z' },
  })
})

test('what a helper of its own says is no part of the answer', () => {
  const part = {
    type: 'stream_event',
    event: { type: 'content_block_delta', delta: { type: 'text_delta', text: 'hel' } },
  }

  expect(eventsIn(part)).toEqual([{ kind: 'speaks', text: 'hel' }])
  expect(eventsIn({ ...part, parent_tool_use_id: 'toolu_1' })).toEqual([
    { kind: 'speaks', text: '' },
  ])
})

test('tokens that were read from a cache were read', () => {
  const usage = {
    ...{ input_tokens: 1, cache_creation_input_tokens: 20, cache_read_input_tokens: 300 },
    output_tokens: 4,
  }

  expect(eventsIn({ type: 'result', subtype: 'success', result: 'x', usage })).toMatchObject([
    { usage: { input: 321, output: 4 } },
  ])
})
