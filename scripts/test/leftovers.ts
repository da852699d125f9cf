import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { failedOnce, type Outcome, sum } from './part.ts'

/** Where the tests of one run put what they need. Anything found there afterwards was leaked. */
export interface Place {
  folder: string
}

const patienceMs = 15_000
const lookEveryMs = 100

/** Open to other users, because a database server may not run as root. */
export function temporaryPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'molecule-test-'))
  chmodSync(folder, 0o755)
  return { folder }
}

export async function leftovers(
  { folder }: Place,
  { settleMs = patienceMs } = {},
): Promise<Outcome> {
  const giveUpAt = Date.now() + settleMs
  while (found(folder).length > 0 && Date.now() < giveUpAt) await sleep(lookEveryMs)
  const leaked = found(folder)
  for (const { what, pid } of leaked) {
    console.error(`left behind by a test: ${what}`)
    if (pid) endProcess(pid)
  }
  for (const name of readdirSync(folder))
    rmSync(join(folder, name), { recursive: true, force: true })
  return sum(leaked.map(({ what }) => failedOnce(`left behind by a test: ${what}`)))
}

interface Leak {
  what: string
  pid?: number
}

const found = (folder: string): Leak[] => [...processesOf(folder), ...entriesOf(folder)]

/** Browsers keep hidden files of their own. */
const entriesOf = (folder: string): Leak[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .map((name) => ({ what: `folder ${join(folder, name)}` }))

/** A process belongs to the run when the folder is in its environment or command, or it works inside. */
const processesOf = (folder: string): Leak[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid && tracesOf(pid).includes(folder))
    .map((pid) => ({ pid, what: `process ${pid} (${commandOf(pid)})` }))

const tracesOf = (pid: number) =>
  [
    read(() => readFileSync(`/proc/${pid}/environ`, 'utf8')),
    read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8')),
    read(() => readlinkSync(`/proc/${pid}/cwd`)),
  ].join('\n')

const commandOf = (pid: number) =>
  read(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    .replaceAll('\0', ' ')
    .trim()

function read(look: () => string) {
  try {
    return look()
  } catch {
    return ''
  }
}

function endProcess(pid: number) {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}
