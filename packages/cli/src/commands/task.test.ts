import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { chunkRow, completed, failed, taskRow, workspaceRow } from '../testing/wire-rows.ts'

const at = (second: number) => `2026-01-02T03:04:0${second}.000Z`

test('tasks are listed with the names of both sides', async () => {
  const lead = workspaceRow({ name: 'Lead' })
  const echo = workspaceRow({ name: 'Echo' })
  const caller = { kind: 'workspace', id: lead.id }
  const task = taskRow({ caller, callee_id: echo.id, preview: 'say\nhello' })
  await using cli = await givenCli({ workspaces: [lead, echo], tasks: [task] })

  const table = await cli.run([
    'tasks',
    '--status',
    'in_progress',
    '--ws',
    'echo',
    '--before',
    task.id,
    '--limit',
    '5',
  ])
  const json = await cli.run(['tasks', '--json'])

  expect(table.stdout).toMatch(new RegExp(`${task.id} +in_progress +Lead +Echo .* say hello`))
  expect(cli.server.asked.find(({ path }) => path === '/tasks')?.query.toString()).toBe(
    `status=in_progress&workspace_id=${echo.id}&before=${task.id}&limit=5`,
  )
  expect(JSON.parse(json.stdout)).toMatchObject([{ id: task.id, status: 'in_progress' }])
})

test('a task is shown with every attempt, its reason and what to do', async () => {
  const attempts = [
    {
      no: 1,
      incarnation: 1,
      leased_at: at(0),
      started_at: at(1),
      ended_at: at(3),
      outcome: 'interrupted',
      reason: { code: 'host_lost', detail: 'its host was gone', hint: '' },
      late: false,
    },
    {
      no: 2,
      incarnation: 2,
      leased_at: at(4),
      started_at: at(5),
      ended_at: at(9),
      outcome: 'failed',
      reason: null,
      late: false,
    },
  ]
  const task = taskRow({ ...failed('cat exited with 3'), attempts })
  await using cli = await givenCli({ tasks: [task] })

  const { code, stdout } = await cli.run(['task', task.id])

  expect(code).toBe(0)
  expect(stdout).toContain(`${task.id}  failed`)
  expect(stdout).toContain('  1  03:04:01   2.0 s  interrupted  host_lost: its host was gone\n')
  expect(stdout).toContain('  2  03:04:05   4.0 s  failed\n')
  expect(stdout).toContain('exit_code: cat exited with 3\nnext  Look at the program.')
})

test('--follow prints the output of a task that has ended, and its result', async () => {
  const task = taskRow(completed('the answer'))
  await using cli = await givenCli({ tasks: [task], output: [chunkRow(task, 'on the way\n')] })

  expect(await cli.run(['task', task.id, '--follow'])).toEqual({
    code: 0,
    stdout: 'the answer\n',
    stderr: 'on the way\n',
  })
})

test('cancel says what holds now; a task that has ended is a conflict', async () => {
  const open = taskRow()
  const ended = taskRow(completed('done'))
  await using cli = await givenCli({ tasks: [open, ended] })

  const canceled = await cli.run(['task', 'cancel', open.id])
  const late = await cli.run(['task', 'cancel', ended.id])

  expect(canceled).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('is in_progress until its agent has stopped'),
  })
  expect(late.code).toBe(6)
  expect(late.stderr).toContain('the task is completed')
})

test('a task that does not exist ends with 3', async () => {
  await using cli = await givenCli()

  expect((await cli.run(['task', 'nothing'])).code).toBe(3)
  expect((await cli.run(['task', 'nothing', '--follow'])).code).toBe(3)
})

test('a task is explained in a sentence, with what can be done and what not', async () => {
  const task = taskRow({ status: 'queued' })
  await using cli = await givenCli({ tasks: [task] })

  const { stdout } = await cli.run(['task', 'explain', task.id])

  expect(stdout).toContain('Its agent takes up 2 others first.')
  expect(stdout).toMatch(/cancel +possible/)
  expect(stdout).toMatch(/retry +not possible: it has not ended/)
})

test('a task is asked for again, and gets more time in seconds', async () => {
  const task = taskRow({ status: 'failed', error: { code: 'x', detail: 'x', hint: 'x' } })
  await using cli = await givenCli({ tasks: [task] })

  const again = await cli.run(['task', 'retry', task.id])
  await cli.run(['task', 'extend', task.id, '90'])
  const stuck = await cli.run(['tasks', '--stuck'])

  expect(again.stdout).toContain(`Asked again as ${task.id}; it is queued.`)
  expect(cli.bodyOf('POST', `/tasks/${task.id}/extend`)).toEqual({ seconds: 90 })
  expect(stuck.stderr).toContain('No tasks.')
})

test('what happened to a task is told step by step', async () => {
  const at = '2026-01-02T03:04:05.000Z'
  const none = { attempt: null, outcome: null, by: null, text: null }
  const echo = workspaceRow()
  const task = taskRow({
    callee_id: echo.id,
    timeline: [
      { ...none, at, what: 'asked', by: 'user:anna' },
      { ...none, at, what: 'handed_over', attempt: 1, by: `workspace:${echo.id}` },
      { ...none, at, what: 'attempt_ended', attempt: 1, outcome: 'lost', text: 'its host died' },
    ],
  })
  await using cli = await givenCli({ workspaces: [echo], tasks: [task] })

  const { stdout } = await cli.run(['task', 'timeline', task.id])

  expect(stdout.split('\n').map((line) => line.slice(10))).toEqual([
    '   asked for by anna',
    '1  handed over to Echo',
    '1  attempt ended  lost  its host died',
    '',
  ])
})

test('a task is given to another workspace by its name', async () => {
  const echo = workspaceRow()
  const task = taskRow({ status: 'queued' })
  await using cli = await givenCli({ workspaces: [echo], tasks: [task] })

  const { stdout } = await cli.run(['task', 'reassign', task.id, 'Echo'])

  expect(stdout).toBe('Given to Echo; it is queued.\n')
  expect(cli.bodyOf('POST', `/tasks/${task.id}/reassign`)).toEqual({ workspace_id: echo.id })
})
