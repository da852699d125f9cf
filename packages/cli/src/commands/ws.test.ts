import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { workspaceRow } from '../testing/wire-rows.ts'

const reason = { code: 'program_missing', detail: 'no program `ct`', hint: 'Install it.' }

test('list is a table in the order of the organization, or JSON as the server says it', async () => {
  const lead = workspaceRow({ name: 'Lead' })
  const broken = workspaceRow({ name: 'Broken', status: 'failed', failure_reason: reason })
  const worker = workspaceRow({ name: 'Worker', parent_id: lead.id })
  await using cli = await givenCli({ workspaces: [worker, broken, lead] })

  const table = await cli.run(['ws', 'list'])
  const json = await cli.run(['ws', 'list', '--json'])

  expect(table.stdout.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
    'NAME',
    'Broken',
    'Lead',
    '· Worker',
    '',
  ])
  expect(table.stdout).toContain('no program `ct`')
  expect(JSON.parse(json.stdout)).toEqual([worker, broken, lead])
})

test('create sends what was typed, the parent by its id', async () => {
  const lead = workspaceRow({ name: 'Lead' })
  await using cli = await givenCli({ workspaces: [lead] })
  const args = 'ws create Shell --role Runs --parent lead --command sh --arg -c --arg exit'.split(
    ' ',
  )
  const more = '--env A=b=c --model small --dir /tmp --concurrency 3'.split(' ')

  const { code, stdout } = await cli.run([...args, ...more])

  expect(code).toBe(0)
  expect(stdout).toBe(`${cli.state.workspaces[1]?.id}  provisioning\n`)
  expect(cli.bodyOf('POST', '/workspaces')).toEqual({
    name: 'Shell',
    role: 'Runs',
    parent_id: lead.id,
    runtime: 'command',
    runtime_config: { command: 'sh', args: ['-c', 'exit'], env: { A: 'b=c' } },
    model: 'small',
    workspace_dir: '/tmp',
    max_concurrent_tasks: 3,
  })
})

test.each([
  [['--arg', 'x'], '--arg and --env are for a program.'],
  [['--command', 'sh', '--env', 'nothing'], '"nothing" is not of the form KEY=VALUE.'],
  [['--agent-url', 'https://a.example'], '--delivery and --agent-url are for an agent that runs'],
  [['--external', '--command', 'sh'], '--external and --command exclude each other.'],
  [['--external', '--wait'], '--wait would keep the token back'],
])('create %j is wrong usage and asks the server nothing', async (args, what) => {
  await using cli = await givenCli()

  const { code, stderr } = await cli.run(['ws', 'create', 'Shell', ...args])

  expect(code).toBe(2)
  expect(stderr).toContain(what)
  expect(cli.server.asked).toEqual([])
})

test('create --external prints the connection alone, its token once', async () => {
  await using cli = await givenCli()
  const args = ['--external', '--delivery', 'push', '--agent-url', 'https://agent.example']

  const plain = await cli.run(['ws', 'create', 'Scout', ...args])
  const json = await cli.run(['ws', 'create', 'Scribe', '--external', '--json'])

  expect(plain).toMatchObject({ code: 0, stderr: expect.stringContaining('not shown again') })
  expect(plain.stdout).toBe(
    [
      `WORKSPACE_ID=${cli.state.workspaces[0]?.id}`,
      'PLATFORM_URL=https://molecule.example',
      'MOLECULE_WORKSPACE_TOKEN=mol_workspace_secret',
      '',
    ].join('\n'),
  )
  expect(JSON.parse(json.stdout).connection.auth_token).toBe('mol_workspace_secret')
  expect(cli.bodyOf('POST', '/workspaces')).toEqual({
    name: 'Scout',
    external: true,
    delivery_mode: 'push',
    url: 'https://agent.example',
  })
})

test('get and restart say of an agent elsewhere what there is to know', async () => {
  const scout = workspaceRow({
    name: 'Scout',
    runtime: 'external',
    backend: 'external',
    delivery_mode: 'push',
    url: 'https://agent.example',
    agent_card: { name: 'Scout 2', version: '1.0' },
    error_rate: 0.2,
    uptime_seconds: 3600,
    last_runtime_error: 'no quota',
  })
  await using cli = await givenCli({ workspaces: [scout] })

  const got = await cli.run(['ws', 'get', 'Scout'])
  const restarted = await cli.run(['ws', 'restart', 'Scout', '--wait'])

  expect(got.stdout).toContain('called at https://agent.example')
  expect(got.stdout).toContain('Scout 2 · 1.0')
  expect(got.stdout).toContain('20 % of its work fails')
  expect(got.stdout).toContain('last error of the agent: no quota')
  expect(restarted).toMatchObject({
    code: 0,
    stderr: 'Its agent runs elsewhere: nothing has changed. Restart it where it runs.\n',
  })
})

test('create --wait ends with 1 and the reason when the start fails', async () => {
  const onCreate = { status: 'failed' as const, failure_reason: reason }
  await using cli = await givenCli({ onCreate })

  const { code, stderr } = await cli.run(['ws', 'create', 'Shell', '--command', 'ct', '--wait'])

  expect(code).toBe(1)
  expect(stderr).toContain('"Shell" could not start: no program `ct`')
  expect(stderr).toContain('next   Install it.')
})

test('create --wait --timeout leaves a start that takes longer alone', async () => {
  await using cli = await givenCli({ onCreate: { status: 'provisioning' } })
  const args = ['ws', 'create', 'Shell', '--command', 'cat', '--wait', '--timeout', '0.3']

  const { code, stderr } = await cli.run(args)

  expect(code).toBe(124)
  expect(stderr).toContain('its start goes on')
})

test('get shows the details with the reason and what to do, restart takes a name', async () => {
  const broken = workspaceRow({ name: 'Broken', status: 'failed', failure_reason: reason })
  await using cli = await givenCli({ workspaces: [broken] })

  const got = await cli.run(['ws', 'get', 'broken'])
  const restarted = await cli.run(['ws', 'restart', 'Broken', '--json'])

  expect(got.stdout).toContain(broken.id)
  expect(got.stdout).toContain('program_missing: no program `ct`\nnext  Install it.')
  expect(JSON.parse(restarted.stdout)).toEqual(broken)
})

test('an ambiguous name lists the candidates and ends with 2', async () => {
  const twins = ['A', 'B'].map((name) => workspaceRow({ name }))
  const children = twins.map(({ id }) => workspaceRow({ name: 'Twin', parent_id: id }))
  await using cli = await givenCli({ workspaces: [...twins, ...children] })

  const { code, stderr } = await cli.run(['ws', 'get', 'Twin'])
  const byPath = await cli.run(['ws', 'get', 'B/Twin', '--json'])

  expect(code).toBe(2)
  expect(stderr).toContain(`${children[0]?.id} A/Twin`)
  expect(stderr).toContain(`${children[1]?.id} B/Twin`)
  expect(JSON.parse(byPath.stdout)).toMatchObject({ ...children[1], usage: null })
})

test('delete without a terminal wants --yes and names the children', async () => {
  const lead = workspaceRow({ name: 'Lead' })
  const worker = workspaceRow({ name: 'Worker', parent_id: lead.id })
  await using cli = await givenCli({ workspaces: [lead, worker] })

  const refused = await cli.run(['ws', 'delete', 'Lead'])
  const done = await cli.run(['ws', 'delete', 'Lead', '--yes'])

  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('This would delete "Lead" and below it "Worker".')
  expect(done).toMatchObject({ code: 0, stdout: 'Deleted "Lead" and 1 below it.\n' })
  expect(cli.state.workspaces).toEqual([])
})
