import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { runCli } from '../testing/run-cli.ts'

test('login prints a fresh link for a browser, alone on standard output', async () => {
  await using cli = await givenCli()

  const { code, stdout, stderr } = await cli.run(['login'])

  expect({ code, stdout }).toEqual({ code: 0, stdout: 'http://server/login#once\n' })
  expect(stderr).toContain('It works once')
})

test.each([
  ['typed', 'right-token', ''],
  ['from standard input', '-', 'right-token\n'],
])(
  'a token %s is checked, stored for its owner only and used from then on',
  async (_how, token, stdin) => {
    await using cli = await givenCli()
    const args = ['login', '--url', cli.server.url, '--token', token]

    const { code, stdout } = await runCli(args, { cwd: cli.home, stdin })
    const after = await runCli(['ws', 'list', '--json'], { cwd: cli.home })

    const file = join(cli.home, '.config/molecule/login.json')
    expect(code).toBe(0)
    expect(stdout).toContain(`as admin (admin); stored in ${file}`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      url: cli.server.url,
      token: 'right-token',
    })
    expect(after).toMatchObject({ code: 0, stdout: '[]\n' })
  },
)

test('a token that is refused is not stored', async () => {
  await using cli = await givenCli()
  const args = ['login', '--url', cli.server.url, '--token', 'wrong']

  const { code } = await runCli(args, { cwd: cli.home })

  expect(code).toBe(4)
  expect(existsSync(join(cli.home, '.config'))).toBe(false)
})

test('an address without a token is wrong usage', async () => {
  await using cli = await givenCli()

  const { code, stderr } = await runCli(['login', '--url', cli.server.url], { cwd: cli.home })

  expect(code).toBe(2)
  expect(stderr).toContain('There is no token to store.')
})

test('a link for a person carries the name and the role', async () => {
  await using cli = await givenCli()

  const { code, stdout, stderr } = await cli.run(['login', '--name', 'Ann', '--role', 'viewer'])

  expect({ code, stdout }).toEqual({ code: 0, stdout: 'http://server/login#once\n' })
  expect(stderr).toContain('Give it to Ann, who becomes viewer.')
  expect(cli.bodyOf('POST', '/auth/link')).toEqual({ name: 'Ann', role: 'viewer' })
})

test.each([
  [['--role', 'viewer'], '--role needs a person.'],
  [['--name', 'Ann'], 'What may Ann do?'],
  [['--name', 'Ann', '--role', 'boss'], 'Allowed choices are owner, operator, viewer.'],
])('a link for half a person (%j) is wrong usage', async (args, what) => {
  await using cli = await givenCli()

  const { code, stderr } = await cli.run(['login', ...args])

  expect(code).toBe(2)
  expect(stderr).toContain(what)
  expect(cli.server.asked).toEqual([])
})
