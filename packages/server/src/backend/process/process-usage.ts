import type { Usage } from '../backend.ts'
import { readIfThere } from './proc.ts'

/** The kernel tells of time in ticks, 100 of which are a second on every architecture that Node runs on. */
const msPerTick = 10
/** Likewise of memory in pages. */
const kilobyte = 1024

/** What one process holds and has used, with its children that ended; nothing when it is gone. Source: proc(5). */
async function usageOf(pid: number): Promise<Usage | undefined> {
  const stat = await readIfThere(`/proc/${pid}/stat`)
  const status = await readIfThere(`/proc/${pid}/status`)
  if (stat === undefined || status === undefined) return undefined
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  const resident = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
  return { cpuMs: ticks * msPerTick, memoryBytes: resident * kilobyte, processes: 1 }
}

/** Of those that still live. */
export async function usageOfAll(pids: readonly number[]): Promise<Usage> {
  const total = { cpuMs: 0, memoryBytes: 0, processes: 0 }
  for (const pid of pids) {
    const usage = await usageOf(pid)
    if (!usage) continue
    total.cpuMs += usage.cpuMs
    total.memoryBytes += usage.memoryBytes
    total.processes += 1
  }
  return total
}
