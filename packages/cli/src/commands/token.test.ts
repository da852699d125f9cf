import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { orgTokenRow, workspaceRow, workspaceTokenRow } from '../testing/wire-rows.ts'

test('create prints the token alone on standard output, and the warning beside it', async () => {
  await using cli = await givenCli()
  const args = 'token create --name deploy --scope tasks:read,tasks:write --scope workspaces:read'

  const { code, stdout, stderr } = await cli.run([...args.split(' '), '--expires', '12h'])

  expect({ code, stdout }).toEqual({ code: 0, stdout: 'mol_orgtoken_once\n' })
  expect(stderr).toContain('It is not shown again.')
  expect(stderr).toContain('It may: tasks:read, tasks:write, workspaces:read.')
  expect(cli.bodyOf('POST', '/org/tokens')).toEqual({
    name: 'deploy',
    scopes: ['tasks:read', 'tasks:write', 'workspaces:read'],
    expires_in_s: 43_200,
  })
})

test('create --json is the answer of the server, and nothing else', async () => {
  await using cli = await givenCli()

  const { stdout, stderr } = await cli.run(['token', 'create', '--json'])

  expect(JSON.parse(stdout)).toMatchObject({ auth_token: 'mol_orgtoken_once' })
  expect(stderr).toBe('')
})

test.each([
  [['create', '--scope', 'everything'], 'There is no scope "everything".'],
  [['create', '--expires', 'soon'], '"soon" is not a span of time.'],
  [['create', '--workspace', 'Echo', '--scope', 'tasks:read'], 'has neither scopes nor an end'],
  [['rotate'], 'Which token?'],
  [['rotate', 'ci', '--workspace', 'Echo'], 'all tokens are rotated together'],
])('token %j is wrong usage and asks the server nothing', async (args, what) => {
  await using cli = await givenCli()

  const { code, stderr } = await cli.run(['token', ...args])

  expect(code).toBe(2)
  expect(stderr).toContain(what)
  expect(cli.server.asked).toEqual([])
})

test('list is a table, or JSON as the server says it', async () => {
  const token = orgTokenRow({ last_used_at: new Date().toISOString() })
  await using cli = await givenCli({ orgTokens: [token, orgTokenRow({ name: 'idle' })] })

  const table = await cli.run(['token', 'list'])
  const json = await cli.run(['token', 'list', '--json'])

  const [title, first, second] = table.stdout.split('\n')
  expect(title).toMatch(/^PREFIX +NAME +USED/)
  expect(first).toMatch(/^mol_orgtoken_AbC123 +ci +[\d.]+ s +never .* workspaces:read/)
  expect(second).toMatch(/idle +never/)
  expect(JSON.parse(json.stdout)).toMatchObject({ count: 2, tokens: [token, { name: 'idle' }] })
})

test('rotate and revoke take an id, a prefix or a name', async () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) =>
    orgTokenRow({ name, prefix: `mol_orgtoken_${name}` }),
  )
  await using cli = await givenCli({ orgTokens: [a, b, c].flatMap((one) => one ?? []) })

  const rotated = await cli.run(['token', 'rotate', 'a', '--overlap', '10m'])
  const byPrefix = await cli.run(['token', 'revoke', 'mol_orgtoken_b'])
  const byId = await cli.run(['token', 'revoke', c?.id ?? ''])

  expect(rotated.stdout).toBe('mol_orgtoken_once\n')
  expect(rotated.stderr).toContain('the place of mol_orgtoken_a…, honored for 600 s more')
  expect(byPrefix.stdout).toBe('Revoked mol_orgtoken_b….\n')
  expect(byId.code).toBe(0)
  expect(cli.server.asked.map(({ query }) => query.get('overlap_s'))).toContain('600')
  expect(cli.state.orgTokens.map(({ name }) => name)).toEqual(['a'])
})

test('a name that two tokens have lists them, one that none has is not found', async () => {
  const twins = [orgTokenRow(), orgTokenRow()]
  await using cli = await givenCli({ orgTokens: [...twins] })

  const both = await cli.run(['token', 'revoke', 'ci'])
  const none = await cli.run(['token', 'revoke', 'cd'])

  expect([both.code, none.code]).toEqual([2, 3])
  for (const { id } of twins) expect(both.stderr).toContain(id)
  expect(none.stderr).toContain('There is no token "cd".')
  expect(cli.state.orgTokens).toHaveLength(2)
})

test('with --workspace all of it is about the tokens of that workspace', async () => {
  const echo = workspaceRow()
  const old = workspaceTokenRow()
  await using cli = await givenCli({ workspaces: [echo], workspaceTokens: [old] })
  const of = ['--workspace', 'echo']

  const list = await cli.run(['token', 'list', ...of])
  const created = await cli.run(['token', 'create', '--name', 'second', ...of])
  const revoked = await cli.run(['token', 'revoke', 'bridge', ...of])
  const left = cli.state.workspaceTokens.map(({ name }) => name)
  const rotated = await cli.run(['token', 'rotate', ...of])

  expect(list.stdout).toContain(old.id)
  expect(created.stdout).toBe('mol_workspace_once\n')
  expect(cli.bodyOf('POST', `/workspaces/${echo.id}/tokens`)).toEqual({ name: 'second' })
  expect(revoked.stdout).toBe('Revoked mol_workspace_AbC123….\n')
  expect(left).toEqual(['second'])
  expect(rotated.stdout).toBe('mol_workspace_once\n')
  expect(rotated.stderr).toContain('all tokens of the workspace, revoked now')
})
