import type { CostHint, ResourceUsage } from '@molecule/contract/admin'
import { duration } from './time.ts'

const megabyte = 1_000_000

/** `64 MB`; nothing where it is not known. */
export const memoryOf = (usage: ResourceUsage | null) =>
  usage === null ? '' : `${Math.round(usage.memory_bytes / megabyte)} MB`

/** Processor time since its start. */
export const cpuOf = (usage: ResourceUsage | null) =>
  usage === null ? '' : duration(usage.cpu_s * 1000)

export const amount = (of: number) => of.toFixed(of < 1 ? 4 : 2)

export const costOf = (cost: CostHint | null) => (cost === null ? '' : amount(cost.so_far))

/** `64 MB in 3 processes, 1.2 s of processor time`. */
export const usageLine = (usage: ResourceUsage | null) =>
  usage === null
    ? null
    : `${memoryOf(usage)} in ${usage.processes} ${usage.processes === 1 ? 'process' : 'processes'}, ${cpuOf(usage)} of processor time`
