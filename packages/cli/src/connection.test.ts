import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { resolveConnection } from './connection.ts'
import { storeLogin } from './stored-login.ts'

const deadPid = 2 ** 22 + 1
let home: string
let dataDir: string

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'molecule-connection-'))
  dataDir = join(home, 'data')
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const resolve = (
  options: Parameters<typeof resolveConnection>[0] = {},
  env: Record<string, string> = {},
) => resolveConnection({ dataDir, ...options }, { HOME: home, ...env })

function givenDataDir(pid: number, url = 'http://127.0.0.1:4000') {
  mkdirSync(dataDir)
  writeFileSync(
    join(dataDir, 'server.json'),
    JSON.stringify({ pid, url, started_at: '2026-01-02T03:04:05Z' }),
  )
  writeFileSync(join(dataDir, 'admin-token'), 'of-the-folder\n')
}

test('with nothing set up it is the default address and no credential', () => {
  expect(resolve()).toMatchObject({
    url: 'http://127.0.0.1:8080',
    urlFrom: 'the default address',
    token: undefined,
  })
})

test('options win over everything', () => {
  givenDataDir(process.pid)

  const env = { MOLECULE_URL: 'http://env', MOLECULE_TOKEN: 'of-env' }

  expect(resolve({ url: 'http://option/', token: 'of-option' }, env)).toEqual({
    url: 'http://option',
    urlFrom: '--url',
    token: 'of-option',
    tokenFrom: '--token',
  })
})

test('RD-77: the environment wins over the data folder, in its own order', () => {
  givenDataDir(process.pid)
  const file = join(home, 'token')
  writeFileSync(file, 'of-file\n')
  const agent = { PLATFORM_URL: 'http://platform', MOLECULE_TOKEN_FILE: file, ADMIN_TOKEN: 'admin' }

  expect(resolve({}, agent)).toMatchObject({ url: 'http://platform', token: 'of-file' })
  expect(
    resolve({}, { ...agent, MOLECULE_URL: 'http://own', MOLECULE_TOKEN: 'own' }),
  ).toMatchObject({ url: 'http://own', token: 'own' })
  expect(resolve({}, { ADMIN_TOKEN: 'admin' })).toMatchObject({ token: 'admin' })
})

test('an empty variable is as good as none', () => {
  expect(resolve({}, { MOLECULE_URL: '', MOLECULE_TOKEN: ' ' })).toMatchObject({
    urlFrom: 'the default address',
    token: undefined,
  })
})

test('a running server of the data folder is found with its credential', () => {
  givenDataDir(process.pid)

  expect(resolve()).toEqual({
    url: 'http://127.0.0.1:4000',
    urlFrom: join(dataDir, 'server.json'),
    token: 'of-the-folder',
    tokenFrom: join(dataDir, 'admin-token'),
  })
})

test('what a killed server left behind gives way to a stored login', () => {
  givenDataDir(deadPid)
  storeLogin({ HOME: home }, { url: 'https://far.example', token: 'of-login' })

  expect(resolve()).toMatchObject({ url: 'https://far.example', token: 'of-login' })
})

test('what a killed server left behind is still better than a guess', () => {
  givenDataDir(deadPid)

  expect(resolve()).toMatchObject({ url: 'http://127.0.0.1:4000' })
})

test('the credential of the data folder is never sent to another machine', () => {
  givenDataDir(process.pid)

  expect(resolve({ url: 'https://far.example' }).token).toBeUndefined()
  expect(resolve({}, { MOLECULE_URL: 'http://127.0.0.1.far.example' })).toMatchObject({
    token: undefined,
  })
  expect(resolve({ url: 'http://localhost:9' }).token).toBe('of-the-folder')
})

test('a server of the data folder at another address gets its own credential', () => {
  givenDataDir(process.pid, 'http://server.lan:8080')

  expect(resolve()).toMatchObject({ url: 'http://server.lan:8080', token: 'of-the-folder' })
})

test('the credential of a stored login goes to its own address only', () => {
  storeLogin({ HOME: home }, { url: 'https://far.example', token: 'of-login' })

  expect(resolve()).toMatchObject({ url: 'https://far.example', token: 'of-login' })
  expect(resolve({ url: 'https://other.example' }).token).toBeUndefined()
})

test('a stored login can be read by its owner only', () => {
  const path = storeLogin(
    { XDG_CONFIG_HOME: join(home, 'config') },
    { url: 'http://a', token: 't' },
  )

  expect(path).toBe(join(home, 'config', 'molecule', 'login.json'))
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test.each(['not an address', 'ftp://server', '127.0.0.1:8080'])(
  '%s is refused with its source',
  (url) => {
    expect(() => resolve({}, { MOLECULE_URL: url })).toThrow(
      `"${url}" (from MOLECULE_URL) is not the address of a server.`,
    )
  },
)

test('a token file that cannot be read is named', () => {
  expect(() => resolve({}, { MOLECULE_TOKEN_FILE: '/nowhere/token' })).toThrow(
    'The token file /nowhere/token cannot be read',
  )
})

test('a broken server.json counts as none', () => {
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'server.json'), '{"pid":"x"')

  expect(resolve()).toMatchObject({ urlFrom: 'the default address' })
})
