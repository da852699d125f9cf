import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { contractServer } from './testing/contract-server.ts'
import { bareHome, runCli } from './testing/run-cli.ts'
import { runHere } from './testing/run-here.ts'
import { workspaceRow } from './testing/wire-rows.ts'

test('help names every command and every exit code', async () => {
  using home = bareHome()

  const { code, stdout } = await runCli(['--help'], { cwd: home.path })

  expect(code).toBe(0)
  for (const { name, summary } of catalogue)
    expect(stdout.replace(/\s+/g, ' ')).toMatch(new RegExp(`${name}.*${summary.slice(0, 20)}`))
  for (const number of [0, 1, 2, 3, 4, 5, 6, 124, 130]) expect(stdout).toContain(`\n  ${number} `)
})

test.each(catalogue.map(({ name }) => name))('molecule %s --help explains itself', async (name) => {
  const { code, stdout } = await runHere([name, '--help'])

  expect(code).toBe(0)
  expect(stdout).toContain(`Usage: molecule ${name}`)
  expect(stdout).toContain('--json')
})

test('--version prints it and nothing else', async () => {
  using home = bareHome()

  expect(await runCli(['--version'], { cwd: home.path })).toEqual({
    code: 0,
    stdout: '0.1.0\n',
    stderr: '',
  })
})

test.each([
  [['tsks'], "unknown command 'tsks'"],
  [['tasks', '--wrong'], "unknown option '--wrong'"],
  [['ws', 'nonsense'], "unknown command 'nonsense'"],
  [['ask', 'Echo'], "missing required argument 'text'"],
  [['tasks', '--limit', 'many'], '"many" is not a whole number.'],
  [['ask', 'Echo', 'hi', '--timeout', '0'], '"0" is not a number of seconds.'],
  [['tasks', '--url', 'nowhere'], '"nowhere" (from --url) is not the address of a server.'],
])('wrong usage %j ends with 2 and says what is wrong', async (args, what) => {
  const { code, stdout, stderr } = await runHere(args)

  expect(code).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toContain(`error  ${what}`)
  expect(stderr).toContain('next   ')
})

test('no command at all shows the help on standard error and ends with 2', async () => {
  using home = bareHome()

  const { code, stdout, stderr } = await runCli([], { cwd: home.path })

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toContain('Usage: molecule')
})

test('an address where nobody listens ends with 5 and says where it is from', async () => {
  using home = bareHome()
  const env = { MOLECULE_URL: 'http://127.0.0.1:9' }

  const { code, stderr } = await runCli(['ws', 'list'], { cwd: home.path, env })

  expect(code).toBe(5)
  expect(stderr).toContain('No server answers at http://127.0.0.1:9')
  expect(stderr).toContain('The address is from MOLECULE_URL.')
})

test('a wrong credential ends with 4 and says where it is from', async () => {
  using home = bareHome()
  await using server = await contractServer()
  const run = (env: Record<string, string>) =>
    runCli(['ws', 'list'], { cwd: home.path, env: { MOLECULE_URL: server.url, ...env } })

  const wrong = await run({ MOLECULE_TOKEN: 'wrong' })
  const none = await run({})

  expect([wrong.code, none.code]).toEqual([4, 4])
  expect(wrong.stderr).toContain('The credential is from MOLECULE_TOKEN.')
  expect(none.stderr).toContain('No credential was found')
  expect(wrong.stderr).toContain('next   hint for unauthenticated')
})

test('a refusal names the fields that are wrong and shows no stack', async () => {
  using home = bareHome()
  await using server = await contractServer()
  const env = { MOLECULE_URL: server.url, MOLECULE_TOKEN: 'right-token' }
  const args = ['ws', 'create', 'x'.repeat(51)]

  const { code, stderr } = await runCli(args, { cwd: home.path, env })
  const debug = await runCli(args, { cwd: home.path, env: { ...env, MOLECULE_DEBUG: '1' } })

  expect(code).toBe(2)
  expect(stderr).toContain('  name: is too long')
  expect(stderr).not.toContain('    at ')
  expect(debug.stderr).toContain('    at ')
})

test('with --json a failure is one JSON document on standard error', async () => {
  using home = bareHome()
  await using server = await contractServer({ workspaces: [workspaceRow({ name: 'Echo' })] })
  const env = { MOLECULE_URL: server.url, MOLECULE_TOKEN: 'right-token' }
  const run = (args: string[]) => runCli(args, { cwd: home.path, env })

  const conflict = await run(['ws', 'create', 'Echo', '--json'])
  const usage = await run(['--json', 'tasks', '--wrong'])

  expect(conflict.code).toBe(6)
  expect(JSON.parse(conflict.stderr)).toMatchObject({
    error: { code: 'name_taken', detail: '"Echo" is taken', hint: expect.any(String) },
    exit_code: 6,
  })
  expect(JSON.parse(usage.stderr)).toMatchObject({ exit_code: 2 })
})

test('a reader that goes away ends the command without a complaint', async () => {
  using home = bareHome()
  const workspaces = Array.from({ length: 2000 }, (_, at) => workspaceRow({ name: `W${at}` }))
  await using server = await contractServer({ workspaces })
  const env = { MOLECULE_URL: server.url, MOLECULE_TOKEN: 'right-token' }

  const { code, stderr } = await runCli(['ws', 'list'], { cwd: home.path, env, closeStdout: true })

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})
