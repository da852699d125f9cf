import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { isInGroup, processesMarked } from './process-tree.ts'

/** The pid of a child as long as it can not be another's: until its exit is known. */
export const pidOf = ({ exitCode, signalCode, pid }: ChildProcess): number | undefined =>
  exitCode === null && signalCode === null ? pid : undefined

export type Ending = {
  /** Entries of the environment that all of them carry. */
  readonly marks: readonly string[]
  /** Leader of the process group, as long as its pid can not be another's. */
  readonly leader: () => number | undefined
  readonly graceMs: number
}

const firstPollMs = 5
const longestPollMs = 200
/** After the grace everything gets KILL, again and again; what is left then can not be killed by us. */
const killForMs = 10_000
const scansThatProve = 2

/** TERM, then KILL after the grace, until two scans found nothing. False when something withstood. */
export async function endProcesses({ marks, leader, graceMs }: Ending): Promise<boolean> {
  const begunAt = performance.now()
  const asked = new Set<number>()
  let pollMs = firstPollMs
  for (let emptyScans = 0; emptyScans < scansThatProve; ) {
    const elapsedMs = performance.now() - begunAt
    const left = targets(marks, leader())
    emptyScans = left.length === 0 ? emptyScans + 1 : 0
    if (left.length === 0) continue
    if (elapsedMs > graceMs + killForMs) return false
    signalAll(left, elapsedMs < graceMs ? asked : undefined)
    await sleep(pollMs)
    pollMs = Math.min(longestPollMs, pollMs * 2)
  }
  return true
}

/** TERM once to each while there is time, which `asked` remembers; without it KILL. */
function signalAll(left: readonly number[], asked: Set<number> | undefined) {
  for (const pid of left) {
    if (!asked) send(pid, 'SIGKILL')
    else if (!asked.has(pid)) send(pid, 'SIGTERM')
    asked?.add(pid)
  }
}

/** A negative number is a whole group, as `kill` takes it. */
function targets(marks: readonly string[], leader: number | undefined) {
  const marked = processesMarked(marks)
  if (leader === undefined) return marked
  return [-leader, ...marked.filter((pid) => !isInGroup(pid, leader))]
}

function send(pid: number, signal: NodeJS.Signals) {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone meanwhile: the next scan tells.
  }
}
