import { type ChildProcess, execFile } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, readFile, rm, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { spawn } from '../lib/outside-transaction.ts'

export const postgresBinaries = '/usr/lib/postgresql/15/bin'
const startLimitMs = 30_000
const pollMs = 20
const neededBytes = 2 ** 30

/** No durability, and room for every worker of the test runner. */
const settings = [
  ['fsync', 'off'],
  ['synchronous_commit', 'off'],
  ['full_page_writes', 'off'],
  ['max_connections', '300'],
  ['shared_buffers', '64MB'],
  ['listen_addresses', '127.0.0.1'],
]

export interface PostgresCluster {
  url: string
  stop(): Promise<void>
}

/** A throw-away cluster of Debian's PostgreSQL 15, with the right to do anything from this machine. */
export async function startPostgres(): Promise<PostgresCluster> {
  const folder = await mkdtemp(join(await fastFolder(), 'molecule-postgres-'))
  let server: ChildProcess | undefined
  const stop = async () => {
    if (server) await stopServer(server)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const asOwner = await givePostgres(folder)
    await initialize(folder, asOwner)
    const port = await freePort()
    server = start(folder, port, asOwner)
    await accepting(server, folder)
    return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A database of its own for each test is many small files: twenty times faster in memory. */
async function fastFolder(): Promise<string> {
  const memory = '/dev/shm'
  const free = await statfs(memory).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  )
  return free >= neededBytes ? memory : tmpdir()
}

/** PostgreSQL refuses to run as root: then it runs as the user that Debian made for it. */
async function givePostgres(folder: string): Promise<string[]> {
  const dieWithUs = ['--pdeathsig', 'SIGQUIT']
  if (process.getuid?.() !== 0) return dieWithUs
  const passwd = await readFile('/etc/passwd', 'utf8')
  const [, uid, gid] = /^postgres:[^:]*:(\d+):(\d+):/m.exec(passwd) ?? []
  if (!uid || !gid) throw new Error('no user postgres: apt-get install postgresql-15')
  await chown(folder, Number(uid), Number(gid))
  return ['--reuid', uid, '--regid', gid, '--clear-groups', ...dieWithUs]
}

async function initialize(folder: string, asOwner: string[]): Promise<void> {
  const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8']
  const command = [`${postgresBinaries}/initdb`, '--no-sync', ...options, join(folder, 'data')]
  await promisify(execFile)('setpriv', [...asOwner, ...command], { cwd: folder })
}

function start(folder: string, port: number, asOwner: string[]): ChildProcess {
  const given = [...settings, ['unix_socket_directories', folder], ['port', String(port)]]
  const flags = given.flatMap(([name, value]) => ['-c', `${name}=${value}`])
  return spawn(
    'setpriv',
    [...asOwner, `${postgresBinaries}/postgres`, '-D', join(folder, 'data'), ...flags],
    { cwd: folder, stdio: 'ignore' },
  )
}

/** The last line of its pid file says when it takes connections. */
async function accepting(server: ChildProcess, folder: string): Promise<void> {
  const until = Date.now() + startLimitMs
  while (server.exitCode === null && Date.now() < until) {
    const status = await readFile(join(folder, 'data', 'postmaster.pid'), 'utf8').catch(() => '')
    if (status.trimEnd().endsWith('ready')) return
    await sleep(pollMs)
  }
  throw new Error(`PostgreSQL did not start in ${startLimitMs} ms (exit code ${server.exitCode})`)
}

/** SIGINT: ends the sessions and then itself. */
async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exited = once(server, 'exit')
  server.kill('SIGINT')
  await exited
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

/** Runs a command with TEST_DATABASE_URL set; answers its exit code. */
async function runWithPostgres([command, ...args]: string[]): Promise<number> {
  if (!command) throw new Error('usage: postgres.ts -- <command> [argument ...]')
  const cluster = await startPostgres()
  try {
    const env = { ...process.env, TEST_DATABASE_URL: cluster.url }
    const child = spawn(command, args, { stdio: 'inherit', env })
    const pass = (signal: NodeJS.Signals) => child.kill(signal)
    process.on('SIGINT', pass).on('SIGTERM', pass)
    const [code] = await once(child, 'exit')
    return code ?? 1
  } finally {
    await cluster.stop()
  }
}

if (import.meta.main) {
  const rest = process.argv.slice(2)
  process.exitCode = await runWithPostgres(rest[0] === '--' ? rest.slice(1) : rest)
}
