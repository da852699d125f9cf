import type { WorkspaceId } from '@molecule/contract/id'
import type { Backend } from '../backend/backend.ts'
import type { Db } from '../db/tables.ts'
import { openResources } from '../domain/resource/resource-store.ts'
import { type Counted, recordUsage } from '../domain/resource/resource-usage.ts'
import type { Controller, Log } from './supervise.ts'

type Options = {
  db: Db
  log: Log
  backends: ReadonlyMap<string, Backend>
  installId: string
  nodeId: string
}

const ROUND_MS = 15_000
const LOOK_MS = 10_000

/** Writes down what every workload uses, one look for each backend. What is not told stays as it was known last. */
export function usageSampler({ db, log, backends, installId, nodeId }: Options): Controller {
  const owner = { installId, nodeId }
  const counted = async (backend: Backend, signal: AbortSignal): Promise<Counted[]> => {
    const found: Counted[] = []
    for await (const { handle, usage } of backend.usage?.(owner, signal) ?? [])
      found.push({
        workspaceId: handle.workspaceId as WorkspaceId,
        incarnation: handle.incarnation,
        ...usage,
      })
    return found
  }
  return {
    name: 'usage',
    everyMs: ROUND_MS,
    async round(signal) {
      const running = new Set((await openResources(db)).map((each) => each.backend))
      for (const name of running) {
        const backend = backends.get(name)
        if (!backend) continue
        const patience = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)])
        try {
          await recordUsage(db, await counted(backend, patience))
        } catch (error) {
          if (signal.aborted) throw error
          log.warn({ backend: name, error }, 'what runs there could not be counted')
        }
      }
    },
  }
}
