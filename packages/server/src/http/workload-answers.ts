import type { WorkloadPage } from '@molecule/contract/backend-host'
import type { RunningWorkload } from '../backend/backend.ts'
import type { Tenant } from '../domain/identity/tenant.ts'
import { workspaceOf } from './tenant-workload.ts'

const PAGE_SIZE = 200

/** In a fixed order, so that pages fit together; what begins or ends between two of them may be on neither. */
export async function pageOf(
  found: AsyncIterable<RunningWorkload>,
  tenant: Tenant,
  after = '',
): Promise<WorkloadPage> {
  const workloads = new Map<string, WorkloadPage['workloads'][number]>()
  for await (const { handle } of found) {
    const workspace_id = workspaceOf(tenant, handle)
    const { incarnation, within = handle.backend, image } = handle
    if (workspace_id === undefined) continue
    const place = { backend: within, ...(image === undefined ? {} : { image }) }
    workloads.set(`${workspace_id}/${incarnation}`, { workspace_id, incarnation, ...place })
  }
  const left = [...workloads].filter(([key]) => key > after).sort(([a], [b]) => (a < b ? -1 : 1))
  const page = left.slice(0, PAGE_SIZE)
  return {
    workloads: page.map(([, workload]) => workload),
    next: left.length > PAGE_SIZE ? (page.at(-1)?.[0] ?? null) : null,
  }
}

/** One JSON string per line, then `null`. A log that cannot be read to its end lacks that. */
export function streamOf(lines: AsyncIterable<string> | undefined): ReadableStream<Uint8Array> {
  return ReadableStream.from(encoded(lines))
}

async function* encoded(lines: AsyncIterable<string> | undefined) {
  const encoder = new TextEncoder()
  const line = (value: string | null) => encoder.encode(`${JSON.stringify(value)}\n`)
  try {
    for await (const each of lines ?? []) yield line(each)
    yield line(null)
  } catch {
    // The missing end tells it.
  }
}
