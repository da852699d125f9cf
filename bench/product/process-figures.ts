import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const bytesPerMb = 1_000_000

/**
 * `rss`: what a process occupies. `pss`: the same, but what it shares with others is divided among them, so it depends
 * on how many other Node processes the machine runs.
 */
export function memoryMb(pid: number): { rss: number; pss: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1')
  const of = (name: string) => {
    const kb = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1]
    if (kb === undefined) throw new Error(`/proc/${pid}/smaps_rollup has no ${name}`)
    return (Number(kb) * 1024) / bytesPerMb
  }
  return { rss: of('Rss'), pss: of('Pss') }
}

/** Seconds of processor time used so far, by the process alone. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const [user = '0', system = '0'] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
  return (Number(user) + Number(system)) / ticksPerSecond
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** Agent hosts whose data lies below the folder. */
export function hostsBelow(folder: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const [program = '', ...args] = argumentsOf(pid)
      const isHost = args.some((each) => each.endsWith('packages/agent/src/main.ts'))
      return isHost && !program.endsWith('sh') && args.some((each) => each.startsWith(folder))
    })
}

function argumentsOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}
