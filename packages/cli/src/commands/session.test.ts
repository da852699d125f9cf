import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { sessionRow } from '../testing/wire-rows.ts'

test('list shows who is signed in, or JSON as the server says it', async () => {
  const sessions = [sessionRow(), sessionRow({ name: 'Bo', role: 'owner' })]
  await using cli = await givenCli({ sessions: [...sessions] })

  const table = await cli.run(['session', 'list'])
  const json = await cli.run(['session', 'list', '--json'])

  expect(table.stdout).toMatch(/Ann +viewer +never/)
  expect(table.stdout).toMatch(/Bo +owner/)
  expect(JSON.parse(json.stdout)).toEqual({ sessions })
})

test('revoke takes a name that is clear, else the id', async () => {
  const sessions = [sessionRow(), sessionRow({ name: 'Bo' }), sessionRow({ name: 'Bo' })]
  await using cli = await givenCli({ sessions: [...sessions] })

  const ann = await cli.run(['session', 'revoke', 'Ann'])
  const bo = await cli.run(['session', 'revoke', 'Bo'])
  const one = await cli.run(['session', 'revoke', sessions[1]?.id ?? ''])

  expect(ann).toMatchObject({ code: 0, stdout: 'Signed out Ann.\n' })
  expect(bo.code).toBe(2)
  expect(bo.stderr).toContain(sessions[2]?.id)
  expect(one.code).toBe(0)
  expect(cli.state.sessions).toEqual([sessions[2]])
})
