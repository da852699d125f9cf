import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'

/** Reads of `/proc` never wait for a device: done in place they are several times faster. */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    // Gone meanwhile, or not ours.
    return undefined
  }
}

/** Where it is not, only the group of a program that we started ourselves can be ended. */
const isProcThere = existsSync('/proc/self/environ')

/** Every process whose environment holds all of these `NAME=value` entries. */
export function processesMarked(entries: readonly string[]): number[] {
  const wanted = entries.map((entry) => Buffer.from(`\0${entry}\0`))
  const read = environmentReader()
  return (isProcThere ? readdirSync('/proc') : []).map(Number).filter((pid) => {
    const environment = Number.isInteger(pid) && read(pid)
    return environment && wanted.every((entry) => environment.includes(entry))
  })
}

const firstBufferBytes = 65_536
const maxEnvironmentBytes = 8_388_608

/** One buffer for a whole scan: `readFile` would leave 64 KB of garbage for every process of the machine. */
function environmentReader() {
  let buffer = Buffer.alloc(firstBufferBytes)
  /** The entries of one process, each between two NUL bytes. */
  return (pid: number): Buffer | undefined => {
    let fd: number | undefined
    try {
      fd = openSync(`/proc/${pid}/environ`, 'r')
      let end = 1
      for (let read = 1; read > 0; end += read) {
        if (end === buffer.length) buffer = grown(buffer)
        read = readSync(fd, buffer, end, buffer.length - end, null)
      }
      return buffer.subarray(0, end)
    } catch {
      // Gone meanwhile, or not ours.
      return undefined
    } finally {
      if (fd !== undefined) closeSync(fd)
    }
  }
}

function grown(buffer: Buffer) {
  if (buffer.length >= maxEnvironmentBytes) throw new Error('an environment larger than any')
  return Buffer.concat([buffer], buffer.length * 2)
}

export const isInGroup = (pid: number, leader: number) => Number(statOf(pid)?.[2]) === leader

const maxProcesses = 10_000

/** CPU time in clock ticks that a process and what descends from it have used, ended children included. */
export function cpuTicksOf(root: number): number {
  let ticks = 0
  const left = [root]
  for (let seen = 0; seen < maxProcesses; seen++) {
    const pid = left.pop()
    if (pid === undefined) break
    ticks += ownTicks(pid)
    left.push(...childrenOf(pid))
  }
  return ticks
}

function ownTicks(pid: number) {
  // utime, stime, cutime and cstime
  return (statOf(pid)?.slice(11, 15) ?? []).reduce((sum, field) => sum + Number(field), 0)
}

/** The fields from the third on, the state: the second is a name that may hold anything, also `)`. */
function statOf(pid: number) {
  const stat = readProc(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      (readProc(`/proc/${pid}/task/${thread}/children`) ?? '')
        .split(' ')
        .filter(Boolean)
        .map(Number),
    )
  } catch {
    return []
  }
}
