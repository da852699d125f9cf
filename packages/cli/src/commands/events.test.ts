import type { StoredEvent } from '@molecule/contract/event'
import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { taskRow, workspaceRow } from '../testing/wire-rows.ts'

const echo = workspaceRow({ name: 'Echo' })

const eventAt = (seq: number): StoredEvent => ({
  seq,
  event: 'WORKSPACE_ONLINE',
  workspace_id: echo.id,
  timestamp: '2026-01-02T03:04:05.000Z',
  entity: 'workspace',
  entity_id: echo.id,
  rev: seq,
  actor: 'system',
  payload: { workspace: echo },
})

const events = [1, 2, 3, 4].map(eventAt)

test('the newest events, one line each', async () => {
  const task = taskRow({ callee_id: echo.id, preview: 'say hello' })
  const sent: StoredEvent = {
    ...eventAt(5),
    event: 'TASK_SENT',
    entity: 'task',
    entity_id: task.id,
    payload: { task },
  }
  await using cli = await givenCli({ workspaces: [echo], events: [...events, sent] })

  const { code, stdout } = await cli.run(['events', '--limit', '2'])

  expect(code).toBe(0)
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(/^ +4 {2}03:04:05 {2}WORKSPACE_ONLINE +Echo {2}online$/),
    expect.stringMatching(/^ +5 {2}03:04:05 {2}TASK_SENT +Echo {2}in_progress .* say hello$/),
    '',
  ])
})

test('with --json each line is the event as the server says it', async () => {
  await using cli = await givenCli({ events })

  const { stdout } = await cli.run(['events', '--since', '2', '--json'])

  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual([eventAt(3), eventAt(4)])
})

test('--follow outlives a server that is away, and Ctrl-C says where to go on', async () => {
  await using cli = await givenCli({ workspaces: [echo], events })
  let refusals = 2
  cli.server.hook = ({ path, query }) => {
    if (path !== '/events' || query.get('since') !== '4' || refusals === 0) return false
    refusals--
    if (refusals === 0) cli.state.events.push(eventAt(5))
    return true
  }

  const { code, stdout, stderr } = await cli.run(['events', '--follow', '--since', '3'], {
    interrupt: { when: '     5  ', signal: 'SIGINT' },
  })

  expect(code).toBe(130)
  expect(stdout.match(/^ +\d/gm)?.map(Number)).toEqual([4, 5])
  expect(stderr).toContain('Trying again.')
  expect(stderr).toContain('molecule events --follow --since 5')
})
