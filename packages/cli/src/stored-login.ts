import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Environment, given } from './environment.ts'

export type StoredLogin = { url: string; token: string }

export const storedLoginPath = (env: Environment) =>
  join(
    given(env.XDG_CONFIG_HOME) ?? join(given(env.HOME) ?? homedir(), '.config'),
    'molecule',
    'login.json',
  )

export function readStoredLogin(env: Environment): StoredLogin | undefined {
  try {
    const { url, token } = JSON.parse(readFileSync(storedLoginPath(env), 'utf8'))
    return typeof url === 'string' && typeof token === 'string' ? { url, token } : undefined
  } catch {
    return undefined
  }
}

/** Written whole under another name first: the file is never readable by others and never half. */
export function storeLogin(env: Environment, login: StoredLogin): string {
  const path = storedLoginPath(env)
  const draft = `${path}.${process.pid}`
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  try {
    writeFileSync(draft, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
  return path
}
