import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { completed, failed } from '../testing/wire-rows.ts'

const echoes = { onAsk: ({ text }: { text: string }) => completed(text) }

const statusesOf = (stdout: string) =>
  Object.fromEntries(
    JSON.parse(stdout).checks.map(({ name, status }: Record<string, string>) => [name, status]),
  )

test('a sound installation does real work, leaves nothing behind and ends with 0', async () => {
  await using cli = await givenCli(echoes)

  const { code, stdout } = await cli.run(['doctor', '--json'])

  expect(code).toBe(0)
  expect(JSON.parse(stdout).ok).toBe(true)
  expect(statusesOf(stdout)).toMatchObject({
    node: 'ok',
    'data folder': 'note',
    disk: expect.stringMatching(/ok|warn/),
    server: 'ok',
    ready: 'ok',
    credential: 'ok',
    write: 'ok',
    agent: 'ok',
    delete: 'ok',
  })
  expect(cli.bodyOf('POST', '/workspaces')).toMatchObject({ runtime_config: { command: 'cat' } })
  expect(cli.state.workspaces).toEqual([])
  const removal = cli.server.asked.find(({ method }) => method === 'DELETE')
  expect(removal?.query.get('purge')).toBe('true')
})

test('each line says how it is, and the round trip how long it took', async () => {
  await using cli = await givenCli(echoes)

  const { stdout, stderr } = await cli.run(['doctor'])

  expect(stdout).toMatch(/^ok {4}node {10}24\./)
  expect(stdout).toMatch(/^ok {4}agent {9}online in \d.* s, answered in \d.* s$/m)
  expect(stderr).toContain('All is well.')
})

test('without a server the rest is skipped, and the fix is said', async () => {
  await using cli = await givenCli()
  const env = { MOLECULE_URL: 'http://127.0.0.1:9' }

  const { code, stdout, stderr } = await cli.run(['doctor'], { env })

  expect(code).toBe(1)
  expect(stdout).toMatch(/^fail {2}server .*\(address from MOLECULE_URL\)\n +fix {2}Start it with/m)
  expect(stdout).toMatch(/^skip {2}agent +needs: server$/m)
  expect(stderr).toContain('1 fault to fix.')
})

test('each backend that is enabled says how it is', async () => {
  const checks = [
    { name: 'database', ok: true, detail: 'answers' },
    { name: 'backend docker', ok: true, detail: 'Docker Engine 28 answers' },
  ]
  await using cli = await givenCli({ ...echoes, checks })

  const { stdout } = await cli.run(['doctor'])

  expect(stdout).toMatch(/^ok {4}backend docker {2}Docker Engine 28 answers$/m)
})

test('each check that is not ready is named', async () => {
  const checks = [
    { name: 'database', ok: true, detail: 'fine' },
    { name: 'clock', ok: false, detail: 'jumped by 9 s' },
  ]
  await using cli = await givenCli({ ...echoes, checks })

  const { code, stdout } = await cli.run(['doctor'])

  expect(code).toBe(1)
  expect(stdout).toMatch(/^fail {2}ready: clock {2}jumped by 9 s$/m)
})

test('a refused credential is told with where it is from', async () => {
  await using cli = await givenCli()

  const { code, stdout } = await cli.run(['doctor'], { env: { MOLECULE_TOKEN: 'wrong' } })

  expect(code).toBe(1)
  expect(stdout).toMatch(/^fail {2}credential .*\(from MOLECULE_TOKEN\)$/m)
  expect(stdout).toMatch(/^skip {2}write /m)
})

test('an agent that cannot start, fails or answers wrong is a fault, and is deleted', async () => {
  const reason = { code: 'program_missing', detail: 'no `cat`', hint: 'Install coreutils.' }
  const broken = { onCreate: { status: 'failed' as const, failure_reason: reason } }
  await using cannotStart = await givenCli(broken)
  await using fails = await givenCli({ onAsk: () => failed('cat exited with 1') })
  await using wrong = await givenCli({ onAsk: () => completed('something else') })

  const results = await Promise.all([cannotStart, fails, wrong].map((cli) => cli.run(['doctor'])))

  expect(results.map(({ code }) => code)).toEqual([1, 1, 1])
  expect(results[0]?.stdout).toMatch(/^fail {2}agent .*no `cat`\n +fix {2}Install coreutils\.$/m)
  expect(results[1]?.stdout).toMatch(/^fail {2}agent .*ended failed: cat exited with 1$/m)
  expect(results[2]?.stdout).toMatch(/^fail {2}agent .*answered "something else"$/m)
  for (const cli of [cannotStart, fails, wrong]) expect(cli.state.workspaces).toEqual([])
})

test('Ctrl-C in the middle still deletes the workspace it made', async () => {
  await using cli = await givenCli()

  const { code } = await cli.run(['doctor'], { interrupt: { when: 'write', signal: 'SIGINT' } })

  expect(code).toBe(130)
  expect(cli.state.workspaces).toEqual([])
})

test('a data folder that is a file is a fault with a fix', async () => {
  await using cli = await givenCli(echoes)
  mkdirSync(join(cli.home, 'sub'))
  writeFileSync(join(cli.home, 'sub/data'), '')

  const { code, stdout } = await cli.run(['doctor', '--data-dir', 'sub/data'])

  expect(code).toBe(1)
  expect(stdout).toMatch(/^fail {2}data folder .*cannot be written.*\n +fix {2}Make it writable/m)
})
