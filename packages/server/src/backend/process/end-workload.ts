import { setTimeout as sleep } from 'node:timers/promises'
import { StopUnproven } from '../backend.ts'
import { isAlive, nameOf, type ProcessIdentity, signalProcess } from './proc.ts'
import type { Scan } from './scan.ts'

export type Ending = {
  readonly run: string
  /** The agent host, if it lives: it is asked first, and ends its programs in its own way. */
  readonly host: ProcessIdentity | undefined
  readonly scan: Scan
  readonly graceMs: number
}

const pollMs = 25
/** After the grace everything gets KILL, again and again; what is left then can not be killed by us. */
const killForMs = 5_000
const scansThatProve = 2

/** Ends all that carries the marker, and resolves when two scans in a row found nothing of it. */
export async function endWorkload(ending: Ending, signal: AbortSignal) {
  const begunAt = performance.now()
  const elapsedMs = () => performance.now() - begunAt
  if (ending.host) await askHost(ending.host, () => elapsedMs() < ending.graceMs, signal)

  const asked = new Set<string>()
  let emptyScans = 0
  while (emptyScans < scansThatProve) {
    const left = await findMarked(ending)
    signal.throwIfAborted()
    emptyScans = left.length === 0 ? emptyScans + 1 : 0
    if (left.length > 0 && elapsedMs() > ending.graceMs + killForMs)
      throw new StopUnproven(`still alive after KILL: ${left.map(({ pid }) => pid).join(', ')}`)
    await signalAll(left, elapsedMs() < ending.graceMs ? asked : undefined)
    if (left.length > 0) await sleep(pollMs, undefined, { signal })
  }
}

async function askHost(host: ProcessIdentity, isInTime: () => boolean, signal: AbortSignal) {
  await signalProcess(host, 'SIGTERM')
  while (isInTime() && (await isAlive(host))) await sleep(pollMs, undefined, { signal })
}

/** TERM once to each while there is time, which `asked` remembers; without it KILL. */
async function signalAll(left: ProcessIdentity[], asked: Set<string> | undefined) {
  for (const one of left) {
    const key = `${one.pid} ${one.startTime}`
    if (!asked) await signalProcess(one, 'SIGKILL')
    else if (!asked.has(key)) await ask(one)
    asked?.add(key)
  }
}

/** A sandbox that is asked to end kills all that is in it. It ends by itself when what is in it has ended. */
async function ask(one: ProcessIdentity) {
  if ((await nameOf(one.pid)) !== 'bwrap') await signalProcess(one, 'SIGTERM')
}

async function findMarked({ scan, run }: Ending) {
  try {
    return (await scan()).filter((found) => found.run === run)
  } catch (error) {
    throw new StopUnproven('the processes of this machine can not be listed', { cause: error })
  }
}
