import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { webhookRow, workspaceRow } from '../testing/wire-rows.ts'

const given = () => {
  const workspace = workspaceRow({ name: 'Planner' })
  const webhook = webhookRow({ workspace_id: workspace.id, name: 'issues' })
  return givenCli({ workspaces: [workspace], webhooks: [webhook] })
}

test('add sends what was said and prints the secret alone on standard output', async () => {
  await using cli = await given()
  const args = ['webhook', 'add', 'Planner', 'runs', 'Look at {{title}}']

  const { code, stdout, stderr } = await cli.run([
    ...args,
    '--event',
    'workflow_run.completed,check_run',
    '--event',
    'issues',
  ])

  expect(code).toBe(0)
  expect(stdout).toMatch(/^mol_webhook_\w+\n$/)
  expect(stderr).toMatch(/runs takes deliveries at http/)
  expect(cli.bodyOf('POST', /webhooks$/)).toEqual({
    name: 'runs',
    kind: 'github',
    prompt: 'Look at {{title}}',
    events: ['workflow_run.completed', 'check_run', 'issues'],
  })
})

test('add of another kind takes every event unless it is told some', async () => {
  await using cli = await given()

  await cli.run(['webhook', 'add', 'Planner', 'ci', '-', '--kind', 'generic'], { stdin: 'From CI' })

  expect(cli.bodyOf('POST', /webhooks$/)).toEqual({
    name: 'ci',
    kind: 'generic',
    prompt: 'From CI',
    events: [],
  })
})

test('list shows what each is for, and nobody its secret', async () => {
  await using cli = await given()

  const { stdout } = await cli.run(['webhook', 'list', 'Planner'])

  expect(stdout).toMatch(/issues +on +github +issues\.opened +What is this about\?/)
  expect(stdout).not.toContain('mol_webhook_')
})

test('rotate prints another secret; deliveries, enable, disable and delete take it by its name', async () => {
  await using cli = await given()
  const of = (verb: string) => cli.run(['webhook', verb, 'Planner', 'issues'])

  expect((await of('rotate')).stdout).toMatch(/^mol_webhook_\w+\n$/)
  expect((await of('deliveries')).stdout).toMatch(/issues\.opened +accepted/)
  expect((await of('disable')).stdout).toBe('issues is off.\n')
  expect((await of('enable')).stdout).toBe('issues is on.\n')
  expect((await of('delete')).stdout).toBe('issues is deleted.\n')
  const gone = await of('rotate')
  expect(gone).toMatchObject({ code: 3 })
  expect(gone.stderr).toContain('Planner has no webhook "issues"')
})
