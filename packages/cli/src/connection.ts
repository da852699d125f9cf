import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { usageError } from './cli-error.ts'
import { type Environment, given } from './environment.ts'
import { readRunningServer } from './running-server.ts'
import { readStoredLogin } from './stored-login.ts'

export type ConnectionOptions = { url?: string; token?: string; dataDir?: string }

/** Where to call and as whom, each with where it was found, so that an error can say so. */
export type Connection = {
  url: string
  urlFrom: string
  token: string | undefined
  tokenFrom: string
}

type Found = { value: string; from: string }

const defaultUrl = 'http://127.0.0.1:8080'

export const dataDirOf = (options: ConnectionOptions, env: Environment) =>
  resolve(given(options.dataDir) ?? given(env.MOLECULE_DATA_DIR) ?? './data')

export function resolveConnection(options: ConnectionOptions, env: Environment): Connection {
  const dataDir = dataDirOf(options, env)
  const url = findUrl(options, env, dataDir)
  const token = findToken(options, env, dataDir, checkedUrl(url))
  return {
    url: checkedUrl(url).href.replace(/\/+$/, ''),
    urlFrom: url.from,
    token: token?.value,
    tokenFrom: token?.from ?? 'nowhere',
  }
}

function findUrl(options: ConnectionOptions, env: Environment, dataDir: string): Found {
  const server = readRunningServer(dataDir)
  const fromFile = server && { value: server.url, from: join(dataDir, 'server.json') }
  return (
    found(options.url, '--url') ??
    found(env.MOLECULE_URL, 'MOLECULE_URL') ??
    found(env.PLATFORM_URL, 'PLATFORM_URL') ??
    (server?.isAlive ? fromFile : undefined) ??
    found(readStoredLogin(env)?.url, 'the stored login') ??
    fromFile ?? { value: defaultUrl, from: 'the default address' }
  )
}

function findToken(
  options: ConnectionOptions,
  env: Environment,
  dataDir: string,
  url: URL,
): Found | undefined {
  return (
    found(options.token, '--token') ??
    found(env.MOLECULE_TOKEN, 'MOLECULE_TOKEN') ??
    found(env.MOLECULE_WORKSPACE_TOKEN, 'MOLECULE_WORKSPACE_TOKEN') ??
    tokenOfFile(env) ??
    found(env.ADMIN_TOKEN, 'ADMIN_TOKEN') ??
    tokenOfDataDir(dataDir, url) ??
    tokenOfLogin(env, url)
  )
}

function tokenOfFile(env: Environment): Found | undefined {
  const path = given(env.MOLECULE_TOKEN_FILE)
  if (!path) return undefined
  try {
    return found(readFileSync(path, 'utf8'), `MOLECULE_TOKEN_FILE (${path})`)
  } catch (error) {
    throw usageError(
      `The token file ${path} cannot be read: ${error instanceof Error ? error.message : error}`,
      'Correct MOLECULE_TOKEN_FILE, or unset it and use --token.',
    )
  }
}

/** The admin credential of a data folder goes to the server of that folder or to this machine, nowhere else. */
function tokenOfDataDir(dataDir: string, url: URL): Found | undefined {
  const ownUrl = readRunningServer(dataDir)?.url
  const isOwn = ownUrl !== undefined && originOf(ownUrl) === url.origin
  if (!isOwn && !isLoopback(url)) return undefined
  const path = join(dataDir, 'admin-token')
  try {
    return found(readFileSync(path, 'utf8'), path)
  } catch {
    return undefined
  }
}

function tokenOfLogin(env: Environment, url: URL): Found | undefined {
  const login = readStoredLogin(env)
  if (!login || originOf(login.url) !== url.origin) return undefined
  return found(login.token, 'the stored login')
}

const found = (value: string | undefined, from: string): Found | undefined => {
  const text = given(value)
  return text === undefined ? undefined : { value: text, from }
}

const originOf = (url: string) => (URL.canParse(url) ? new URL(url).origin : undefined)

const isLoopback = (url: URL) =>
  url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname)

function checkedUrl({ value, from }: Found): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  throw usageError(
    `"${value}" (from ${from}) is not the address of a server.`,
    `Give one that starts with http:// or https://, for example ${defaultUrl}.`,
  )
}
