import { expect, test } from 'vitest'
import { at, givenTask } from '../testing/given.ts'
import { columnsOf, isSilent } from './columns.ts'

const tasks = [
  givenTask('second', 'w', { status: 'queued', created_at: at(2) }),
  givenTask('first', 'w', { status: 'queued', created_at: at(1) }),
  givenTask('paused', 'w', { status: 'queued', waiting_for: 'workspace' }),
  givenTask('asks', 'w', { waiting_for: 'input' }),
  givenTask('handed', 'x', { status: 'dispatched' }),
  givenTask('runs', 'x'),
  givenTask('broke', 'x', { status: 'failed', ended_at: at(5) }),
  givenTask('silent', 'x', { status: 'stuck', ended_at: at(9) }),
  givenTask('old', 'x', { status: 'completed', ended_at: at(1) }),
  givenTask('stopped', 'x', { status: 'canceled', ended_at: at(3) }),
]

test('each task is in one column, open ones oldest first, ended ones newest first', () => {
  const shown = columnsOf(tasks).map(({ name, tasks: of }) => [name, of.map(({ id }) => id)])

  expect(shown).toEqual([
    ['queued', ['first', 'second']],
    ['waiting', ['paused', 'asks']],
    ['working', ['handed', 'runs']],
    ['failed', ['silent', 'broke']],
    ['done', ['stopped', 'old']],
  ])
})

test('of one workspace it shows what it was asked and what it asked', () => {
  const asked = givenTask('by x', 'w', { caller: { kind: 'workspace', id: 'x' } })

  const shown = columnsOf([...tasks, asked], 'x').flatMap(({ tasks: of }) => of.map(({ id }) => id))

  expect(shown).toEqual(['handed', 'runs', 'by x', 'silent', 'broke', 'stopped', 'old'])
})

test('only what runs and shows no sign of life for minutes is silent', () => {
  const now = Date.parse(at(600))
  const running = (seconds: number) => givenTask('t', 'w', { last_heartbeat: at(seconds) })

  expect(isSilent(running(60), now)).toBe(true)
  expect(isSilent(running(590), now)).toBe(false)
  expect(isSilent({ ...running(60), waiting_for: 'input' }, now)).toBe(false)
  expect(isSilent({ ...running(60), status: 'queued' }, now)).toBe(false)
  expect(isSilent(givenTask('t', 'w'), now)).toBe(false)
})
