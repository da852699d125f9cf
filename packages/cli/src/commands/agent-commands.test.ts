import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { completed, taskRow, workspaceRow } from '../testing/wire-rows.ts'

const lead = workspaceRow({ name: 'Lead' })
const echo = workspaceRow({ name: 'Echo' })
const own = taskRow({ callee_id: lead.id })
const inAgent = { WORKSPACE_ID: lead.id, TASK_ID: own.id }

test('inside an agent a delegation is from its own workspace and part of its own task', async () => {
  await using cli = await givenCli({ workspaces: [lead, echo], tasks: [] })

  const { code, stdout } = await cli.run(['delegate', 'Echo', 'do this', '--key', 'k'], {
    env: inAgent,
  })

  expect({ code, stdout }).toEqual({ code: 0, stdout: `${cli.state.tasks[0]?.id}\n` })
  expect(cli.bodyOf('POST', `/workspaces/${lead.id}/delegate`)).toEqual({
    target_id: echo.id,
    task: 'do this',
    idempotency_key: 'k',
    parent_task_id: own.id,
  })
})

test('delegate --wait prints the answer', async () => {
  const onAsk = () => completed('done')
  await using cli = await givenCli({ workspaces: [lead, echo], onAsk })

  expect(await cli.run(['delegate', 'Echo', 'do this', '--from', 'Lead', '--wait'])).toMatchObject({
    code: 0,
    stdout: 'done\n',
  })
})

test.each([
  [['delegate', 'Echo', 'do this'], 'Nobody is named who delegates.'],
  [['progress', 'half'], 'No task is named.'],
  [['question', 'Which?'], 'No task is named.'],
  [['inbox'], 'No workspace is named whose inbox to read.'],
])('%j outside an agent says what is missing', async (args, what) => {
  await using cli = await givenCli({ workspaces: [echo] })

  const { code, stderr } = await cli.run(args)

  expect(code).toBe(2)
  expect(stderr).toContain(what)
})

test('progress is told of the task at hand, without a word on success', async () => {
  await using cli = await givenCli({ tasks: [own] })

  expect(await cli.run(['progress', 'half way'], { env: inAgent })).toEqual({
    code: 0,
    stdout: '',
    stderr: '',
  })
  expect(cli.bodyOf('POST', `/tasks/${own.id}/progress`)).toEqual({ text: 'half way' })
})

const item = (seq: number, text: string) => ({
  seq,
  kind: 'result' as const,
  task_id: own.id,
  from_id: echo.id,
  status: 'completed' as const,
  late: false,
  text,
  created_at: '2026-01-02T03:04:05.000Z',
})

test('inbox prints what came and acknowledges it; --peek does not', async () => {
  await using cli = await givenCli({ inbox: [item(4, 'four'), item(7, 'seven\nand more')] })

  const peeked = await cli.run(['inbox', '--peek', '--json'], { env: inAgent })
  const askedBefore = cli.bodyOf('POST', /ack$/)
  const { stdout } = await cli.run(['inbox', '--wait'], { env: inAgent })

  expect(JSON.parse(peeked.stdout)).toEqual(cli.state.inbox)
  expect(askedBefore).toBeUndefined()
  expect(stdout).toContain(`7  result  completed  ${own.id}\n    seven\n    and more\n`)
  expect(cli.bodyOf('POST', `/workspaces/${lead.id}/inbox/ack`)).toEqual({ up_to: 7 })
})

test('inbox --wait --timeout ends with 124 when nothing comes', async () => {
  await using cli = await givenCli()

  const { code } = await cli.run(['inbox', '--wait', '--timeout', '0.3'], { env: inAgent })

  expect(code).toBe(124)
})
