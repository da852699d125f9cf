import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { activityRow, workspaceRow } from '../testing/wire-rows.ts'

const lead = workspaceRow({ name: 'Lead' })
const echo = workspaceRow({ name: 'Echo' })
const asked = activityRow({ seq: 1, source_id: lead.id, summary: 'count the words' })
const failed = activityRow({
  seq: 2,
  direction: 'own',
  activity_type: 'error',
  method: 'bash',
  status: 'error',
  error_detail: 'no such file',
})
const said = activityRow({
  seq: 3,
  direction: 'out',
  activity_type: 'a2a_send',
  method: 'notify',
  summary: 'done, people',
})

test('the log is printed oldest first, with where each entry came from or went', async () => {
  await using cli = await givenCli({ workspaces: [lead, echo], activity: [asked, failed, said] })

  const { code, stdout } = await cli.run(['activity', 'Echo'])

  expect(code).toBe(0)
  expect(stdout.split('\n').map((line) => line.replace(/^\S+ +/, ''))).toEqual([
    '← Lead  message/send  ok  count the words',
    '·  bash  error  no such file',
    '→ people  notify  ok  done, people',
    '',
  ])
})

test('--json prints the entries as the server sends them', async () => {
  await using cli = await givenCli({ workspaces: [echo], activity: [asked] })

  const { stdout } = await cli.run(['activity', 'Echo', '--json'])

  expect(JSON.parse(stdout)).toEqual(asked)
})

test('words are looked for by the server', async () => {
  await using cli = await givenCli({ workspaces: [echo], activity: [asked, said] })

  const { stdout } = await cli.run(['activity', 'Echo', '--search', 'people'])

  expect(stdout).toContain('done, people')
  expect(stdout).not.toContain('count the words')
})

test('an empty log says so, and a type that does not exist is refused with those that do', async () => {
  await using cli = await givenCli({ workspaces: [echo] })

  expect(await cli.run(['activity', 'Echo'])).toMatchObject({
    code: 0,
    stderr: 'Nothing in its log.\n',
  })
  const refused = await cli.run(['activity', 'Echo', '--type', 'nonsense'])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('a2a_receive')
})

test('say tells the people in the name of the agent, without a word on success', async () => {
  await using cli = await givenCli({ workspaces: [echo] })

  const spoken = await cli.run(['say', 'half of it is done'], { env: { WORKSPACE_ID: echo.id } })

  expect(spoken).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(cli.bodyOf('POST', `/workspaces/${echo.id}/notify`)).toEqual({
    message: 'half of it is done',
  })
  expect((await cli.run(['say', 'who am I'])).code).toBe(2)
})
