import { z } from 'zod'
import { handleFor, type OwnerLabel, type Usage } from '../backend.ts'
import { findContainer } from './container.ts'
import type { Engine } from './engine.ts'
import { workloadsOf } from './list.ts'

const Stats = z.object({
  cpu_stats: z.object({ cpu_usage: z.object({ total_usage: z.number() }) }),
  memory_stats: z.object({ usage: z.number().optional() }),
  pids_stats: z.object({ current: z.number().optional() }),
})

const nsPerMs = 1_000_000

/** What the engine counts of every container of an owner that runs. Source: Docker Engine API, ContainerStats. */
export async function* containersUsage(engine: Engine, owner: OwnerLabel, signal: AbortSignal) {
  for (const ref of await workloadsOf(engine, owner, signal)) {
    const found = await findContainer(engine, ref, signal)
    if (!found?.State.Running) continue
    yield { handle: handleFor('docker', ref), usage: await usageOf(engine, found.Id, signal) }
  }
}

async function usageOf(engine: Engine, id: string, signal: AbortSignal): Promise<Usage> {
  const query = { stream: 'false', 'one-shot': 'true' }
  const answer = await engine.json(
    { method: 'GET', path: ['containers', id, 'stats'], query },
    signal,
  )
  const { cpu_stats, memory_stats, pids_stats } = Stats.parse(answer)
  return {
    cpuMs: Math.round(cpu_stats.cpu_usage.total_usage / nsPerMs),
    memoryBytes: memory_stats.usage ?? 0,
    processes: pids_stats.current ?? 0,
  }
}
