import type { LiveMessage } from '@molecule/contract/event'
import { expect, test } from 'vitest'
import { givenWorkspace, workspaceEvent } from '../testing/given.ts'
import { parseMessage } from './parse-message.ts'

test('a message of the contract comes through', () => {
  const event = workspaceEvent(givenWorkspace('a'), 7)

  expect(parseMessage(JSON.stringify(event))).toEqual({ kind: 'message', message: event })
})

test.each([
  ['an event of a newer server', { event: 'WORKSPACE_PROMOTED', seq: 8, entity: 'workspace' }, 8],
  [
    'an entity of a newer server',
    { event: 'TASK_STATUS', seq: 9, entity: 'budget', payload: {} },
    9,
  ],
  [
    'a row without a revision',
    { event: 'TASK_STATUS', seq: 3, entity: 'task', payload: { task: { id: 'x' } } },
    3,
  ],
  ['a name of Object itself', { event: 'toString' }, undefined],
  ['a list', [1, 2], undefined],
])('%s is unknown, and keeps its place in the feed', (_, value, seq) => {
  expect(parseMessage(JSON.stringify(value))).toMatchObject({ kind: 'unknown', seq })
})

test('what is not JSON is unknown', () => {
  expect(parseMessage('<html>')).toMatchObject({ kind: 'unknown', event: '' })
})

test('a switch that forgets an event does not compile (UI-7)', () => {
  const describe = (message: LiveMessage): string => {
    switch (message.event) {
      case 'hello':
      case 'reset':
      case 'bookmark':
        return 'about the socket'
      default:
        // @ts-expect-error the events with an entity are left out
        return message satisfies never
    }
  }
  expect(describe({ event: 'reset', head: 1 })).toBe('about the socket')
})
