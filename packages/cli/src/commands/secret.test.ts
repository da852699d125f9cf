import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { workspaceRow } from '../testing/wire-rows.ts'

const at = '2026-01-02T03:04:05.000Z'

const entry = (key: string, more: object = {}) => ({
  key,
  has_value: true as const,
  scope: 'global' as const,
  overrides_global: false,
  created_by: 'admin',
  created_at: at,
  updated_at: at,
  ...more,
})

test('set reads the value from standard input, without the line break at its end', async () => {
  await using cli = await givenCli()

  const { code, stdout, stderr } = await cli.run(['secret', 'set', 'API_KEY'], {
    stdin: 'line one\nline two\n',
  })

  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: 'Saved API_KEY.\n', stderr: '' })
  expect(cli.bodyOf('PUT', '/settings/secrets')).toEqual({
    key: 'API_KEY',
    value: 'line one\nline two',
  })
})

test('set says who needs a restart and the command for it', async () => {
  const rows = ['Lead', 'Worker Two'].map((name) => workspaceRow({ name }))
  const needsRestart = rows.map(({ id, name }) => ({ id, name }))
  await using cli = await givenCli({ workspaces: rows, needsRestart })
  const set = (more: string[]) => cli.run(['secret', 'set', 'API_KEY', ...more], { stdin: 'v' })

  const global = await set([])
  const own = await set(['--workspace', 'worker two'])

  expect(global.stderr).toContain('2 workspaces need a restart to get it: "Lead", "Worker Two".')
  expect(global.stderr).toMatch(/molecule secret restart\n/)
  expect(own.stderr).toContain("molecule secret restart --workspace 'worker two'")
  expect(cli.bodyOf('PUT', `/workspaces/${rows[1]?.id}/secrets`)).toEqual({
    key: 'API_KEY',
    value: 'v',
  })
})

test('a value on the command line is taken with a warning and never repeated', async () => {
  await using cli = await givenCli({ secrets: [entry('API_KEY')] })

  const { code, stdout, stderr } = await cli.run([
    ...['secret', 'set', 'API_KEY', '--value', 'sensitive'],
  ])

  expect({ code, stdout }).toEqual({ code: 0, stdout: 'API_KEY has this value already.\n' })
  expect(stderr).toContain('Warning: a value on the command line stays in the history')
  expect(stderr).not.toContain('sensitive')
})

test('set without a value is wrong usage and stores nothing', async () => {
  await using cli = await givenCli()

  const { code, stderr } = await cli.run(['secret', 'set', 'API_KEY'], { stdin: '\n' })

  expect(code).toBe(2)
  expect(stderr).toContain('There is no value to store.')
  expect(cli.server.asked).toEqual([])
})

test('list is a table of names, of one workspace those it gets', async () => {
  const worker = workspaceRow({ name: 'Worker' })
  const secrets = [entry('A'), entry('B', { scope: 'workspace', overrides_global: true })]
  await using cli = await givenCli({ workspaces: [worker], secrets })

  const table = await cli.run(['secret', 'list', '--workspace', 'Worker'])
  const json = await cli.run(['secrets', 'list', '--json'])

  expect(table.stdout).toMatch(
    /^NAME +SCOPE +CHANGED +BY\nA +global .*\nB +workspace, hides a global/,
  )
  expect(JSON.parse(json.stdout)).toEqual(secrets)
  expect(cli.server.asked.map(({ path }) => path)).toEqual([
    '/workspaces',
    `/workspaces/${worker.id}/secrets`,
    '/settings/secrets',
  ])
})

test('delete takes it away, or ends with 3 where there is none', async () => {
  const worker = workspaceRow({ name: 'Worker' })
  await using cli = await givenCli({ workspaces: [worker], secrets: [entry('A')] })

  const global = await cli.run(['secret', 'delete', 'A'])
  const own = await cli.run(['secret', 'delete', 'A', '--workspace', 'Worker'])
  const none = await cli.run(['secret', 'delete', 'B'])

  expect([global.stdout, own.stdout, none.code]).toEqual(['Deleted A.\n', 'Deleted A.\n', 3])
})

test('restart names whom it restarts, or says that nothing needs it', async () => {
  const rows = ['Lead', 'Worker'].map((name) => workspaceRow({ name }))
  const needsRestart = rows.map(({ id, name }) => ({ id, name }))
  await using cli = await givenCli({ workspaces: rows, needsRestart })

  const all = await cli.run(['secret', 'restart'])
  const one = await cli.run(['secret', 'restart', '--workspace', 'Lead'])
  cli.state.needsRestart = []
  const none = await cli.run(['secret', 'restart'])

  expect(all.stdout).toBe(
    '2 workspaces restart, two at a time, each when it is idle: "Lead", "Worker".\n',
  )
  expect(one.stdout).toBe('1 workspace restarts when it is idle: "Lead".\n')
  expect(none.stdout).toBe('Nothing runs with an older value.\n')
})

test.each(['secret', 'secrets'])('molecule %s rotate-key says what it did', async (name) => {
  await using cli = await givenCli({ secrets: [entry('A')] })

  const { code, stdout } = await cli.run([name, 'rotate-key'])

  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: '1 secret is encrypted under the new data key, version 2.\n',
  })
})
