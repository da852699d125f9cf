import type { Backend, BackendHandle } from '../backend/backend.ts'
import type { Db, ResourceRow, WorkspaceRow } from '../db/tables.ts'
import type { Log } from './supervise.ts'

export type StepContext = {
  db: Db
  log: Log
  backends: ReadonlyMap<string, Backend>
  /** Backends that are enabled, in order of preference. */
  enabled: readonly string[]
  installId: string
  nodeId: string
  /** How many workspaces of this server may be between the begin of a start and online. */
  provisionConcurrency: number
  /** Where agent hosts dial to. */
  url: () => string
}

/** What a step is about: a workspace and one of its starts. */
export type Subject = { row: WorkspaceRow; resource: ResourceRow }

const LOG_LINES = 12

/** What the workload said last; nothing when its log cannot be read. */
export async function lastLines(
  backend: Backend,
  { handle }: Pick<ResourceRow, 'handle'>,
  signal: AbortSignal,
): Promise<string[]> {
  const lines: string[] = []
  try {
    const log = backend.logs?.(handle as BackendHandle, { tailLines: LOG_LINES }, signal) ?? []
    for await (const line of log) lines.push(line)
  } catch {
    return lines
  }
  return lines
}
