import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { taskRow, workspaceRow } from '../testing/wire-rows.ts'

async function given() {
  const lead = workspaceRow({ name: 'Lead' })
  const echo = workspaceRow({ name: 'Echo' })
  const caller = { kind: 'workspace', id: lead.id }
  const stuck = taskRow({ caller, callee_id: echo.id, status: 'stuck', preview: 'the hard part' })
  return { echo, stuck, cli: await givenCli({ workspaces: [lead, echo], tasks: [stuck] }) }
}

test('delegations are listed by status, with the names of both sides', async () => {
  const { cli: given_, stuck } = await given()
  await using cli = given_

  const table = await cli.run(['delegations', '--status', 'stuck'])
  const open = await cli.run(['delegations'])
  const wrong = await cli.run(['delegations', '--status', 'lost'])

  expect(table.stdout).toMatch(new RegExp(`${stuck.id} +stuck +Lead +Echo .* the hard part`))
  expect(open.stderr).toContain('No delegations.')
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('in_flight') })
})

test('they are counted by status, also where there are none', async () => {
  const { cli: given_ } = await given()
  await using cli = given_

  const { stdout } = await cli.run(['delegations', '--stats', '--json'])

  expect(JSON.parse(stdout)).toMatchObject({ queued: 0, stuck: 0, canceled: 0 })
})

test('what lies too long is dropped, of one workspace where asked for', async () => {
  const { cli: given_, echo } = await given()
  await using cli = given_

  const { stdout } = await cli.run(['delegations', '--drop', '30', '--ws', 'Echo'])

  expect(stdout).toContain('30 dropped')
  const asked = cli.server.asked.find(({ path }) => path === '/admin/a2a-queue/drop-stale')
  expect(asked?.query.toString()).toBe(`max_age_minutes=30&workspace_id=${echo.id}`)
})
