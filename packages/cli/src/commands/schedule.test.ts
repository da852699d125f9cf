import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { scheduleRow, workspaceRow } from '../testing/wire-rows.ts'

const given = () => {
  const workspace = workspaceRow({ name: 'Planner' })
  const schedule = scheduleRow({ workspace_id: workspace.id, name: 'stand-up' })
  return givenCli({ workspaces: [workspace], schedules: [schedule] })
}

test('add sends what was said and tells when it is asked for', async () => {
  await using cli = await given()
  const args = ['schedule', 'add', 'Planner', '0 9 * * 1-5', 'What is next?']

  const { code, stdout } = await cli.run([
    ...args,
    '--timezone',
    'Europe/Berlin',
    '--busy',
    'queue',
    '--report-to',
    'Planner',
  ])

  expect(code).toBe(0)
  expect(stdout).toMatch(/^schedule 2 is asked for in /)
  expect(cli.bodyOf('POST', /schedules$/)).toEqual({
    cron_expr: '0 9 * * 1-5',
    prompt: 'What is next?',
    timezone: 'Europe/Berlin',
    busy: 'queue',
    report_to: expect.any(String),
  })
})

test('list shows those of a workspace with what they ask, and of all how they do', async () => {
  await using cli = await given()

  const own = await cli.run(['schedule', 'list', 'Planner'])
  const all = await cli.run(['schedule', 'list'])

  expect(own.stdout).toMatch(/stand-up +never run .*0 9 \* \* \* UTC +What is next\?/)
  expect(all.stdout).toMatch(/Planner +stand-up +never run/)
  expect(all.stdout).not.toContain('What is next?')
})

test('run prints the id of the task; history, enable, disable and delete take it by its name', async () => {
  await using cli = await given()
  const of = (verb: string) => cli.run(['schedule', verb, 'Planner', 'stand-up'])

  expect((await of('run')).stdout).toMatch(/^[0-9a-f-]{36}\n$/)
  expect((await of('history')).stdout).toMatch(/fired/)
  expect((await of('disable')).stdout).toBe('stand-up is off.\n')
  expect((await of('enable')).stdout).toMatch(/^stand-up is asked for in /)
  expect((await of('delete')).stdout).toBe('stand-up is deleted.\n')
  const gone = await of('run')
  expect(gone).toMatchObject({ code: 3 })
  expect(gone.stderr).toContain('Planner has no schedule "stand-up"')
})
