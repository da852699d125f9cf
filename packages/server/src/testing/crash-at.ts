import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { Socket } from 'node:net'
import process from 'node:process'
import { DatabaseSync, StatementSync } from 'node:sqlite'

/**
 * Loaded before the program with `--import`. Counts the calls with which a process changes something that outlives it:
 * SQL that writes or commits, files, programs, signals and the network. `CRASH_AT=<n>:before` or `:after` kills the
 * process at the n-th; without it the count is told on standard error when the process exits. What only reads is no
 * point of its own: a process killed there leaves what one killed at the call before it leaves.
 */

type Call = (this: unknown, ...args: unknown[]) => unknown
/** Names a call that counts; undefined for one that does not. */
type NameOf = (self: unknown, args: unknown[]) => string | undefined

const plan = process.env.CRASH_AT?.match(/^(\d+):(before|after)$/)
const at = Number(plan?.[1] ?? 0)
const when = plan?.[2]
const kill = process.kill.bind(process)
const { writeSync } = process.getBuiltinModule('node:fs')
const counts = new Map<string, number>()
let calls = 0

function tell(what: object) {
  writeSync(2, `crash-at ${JSON.stringify(what)}\n`)
}

function die(name: string) {
  tell({ at, when, name })
  kill(process.pid, 'SIGKILL')
}

function pass(name: string, run: () => unknown) {
  calls += 1
  const isHere = calls === at
  const kind = name.split(' ').slice(0, 2).join(' ')
  counts.set(kind, (counts.get(kind) ?? 0) + 1)
  if (isHere && when === 'before') die(name)
  const result = run()
  if (!isHere || when !== 'after') return result
  if (result instanceof Promise) return result.finally(() => die(name))
  return die(name)
}

function wrap(owner: object, member: string, nameOf: NameOf) {
  const original = Reflect.get(owner, member) as Call
  const replaced: Call = function (...args) {
    const name = nameOf(this, args)
    const run = () => original.apply(this, args)
    return name === undefined ? run() : pass(name, run)
  }
  if (!Reflect.set(owner, member, replaced)) throw new Error(`${member} can not be wrapped`)
}

const textOf = (data: unknown) =>
  data instanceof Uint8Array ? Buffer.from(data).toString('latin1') : String(data)
const firstWords = (sql: string) => sql.trim().replace(/\s+/g, ' ').slice(0, 60)
const writes = /^\s*(insert|update|delete|replace)\b|^\s*with\b.*\b(insert|update|delete)\b/is
const leavesNothing = /^\s*(begin|savepoint|release|rollback)\b/i
const sqlName: NameOf = (_, [sql]) => {
  const text = typeof sql === 'string' ? sql : String((sql as { text?: unknown })?.text ?? '')
  return /^\s*(select|begin|savepoint|release|rollback|set|show)\b/i.test(text)
    ? undefined
    : `sql ${firstWords(text)}`
}
const statementName: NameOf = (self) => {
  const { sourceSQL } = self as StatementSync
  return writes.test(sourceSQL) ? `sql ${firstWords(sourceSQL)}` : undefined
}

function wrapSqlite() {
  for (const method of ['run', 'all', 'get', 'iterate'])
    wrap(StatementSync.prototype, method, statementName)
  wrap(DatabaseSync.prototype, 'exec', (_, [sql]) =>
    leavesNothing.test(String(sql)) ? undefined : `sql ${firstWords(String(sql))}`,
  )
}

async function wrapPostgres() {
  if (!process.env.DATABASE_URL?.startsWith('postgres')) return
  const { default: pg } = await import('pg')
  wrap(pg.Client.prototype, 'query', sqlName)
}

async function wrapFiles() {
  const changing = ['writeFile', 'appendFile', 'rename', 'rm', 'mkdir', 'unlink', 'chmod']
  const sync = process.getBuiltinModule('node:fs')
  const async = process.getBuiltinModule('node:fs/promises')
  for (const method of changing) {
    wrap(async, method, (_, [path]) => `file ${method} ${path}`)
    wrap(sync, `${method}Sync`, (_, [path]) => `file ${method} ${path}`)
  }
  const opening: NameOf = (_, [path, flags = 'r']) =>
    flags === 'r' ? undefined : `file open ${path}`
  wrap(async, 'open', opening)
  wrap(sync, 'openSync', opening)
  const handle = await open(import.meta.filename)
  for (const method of ['writeFile', 'appendFile', 'write', 'sync', 'datasync', 'truncate'])
    wrap(Object.getPrototypeOf(handle), method, () => `file ${method} (handle)`)
  await handle.close()
}

function wrapProcesses() {
  const children = process.getBuiltinModule('node:child_process')
  for (const method of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'exec', 'execSync'])
    wrap(children, method, (_, [command]) => `spawn ${method} ${command}`)
  wrap(process, 'kill', (_, [pid, signal]) =>
    signal === 0 ? undefined : `signal ${signal} ${pid}`,
  )
}

/** Standard output is a socket too, but nobody works on what is printed there. */
function wrapNetwork() {
  wrap(Socket.prototype, 'write', (self, [data]) =>
    (self as Socket).remoteAddress === undefined
      ? undefined
      : `network write ${firstWords(textOf(data))}`,
  )
  wrap(Socket.prototype, 'connect', () => 'network connect')
}

wrapSqlite()
await wrapPostgres()
await wrapFiles()
wrapProcesses()
wrapNetwork()
syncBuiltinESMExports()
process.once('exit', () => tell({ calls, kinds: Object.fromEntries([...counts].sort()) }))
