import { join } from 'node:path'
import type { WorkloadRef } from '../backend.ts'

/** Where things lie below the data folder. */
export type RunFolder = {
  /** Of the workspace, shared by its incarnations: `work/`, `journal.jsonl`. */
  readonly workspace: string
  /** Of this incarnation. The agent host reads its `boot.json` here. */
  readonly run: string
  readonly boot: string
  readonly claim: string
  readonly process: string
  readonly exit: string
  readonly log: string
  readonly olderLog: string
}

export function runFolder(dataDir: string, ref: WorkloadRef): RunFolder {
  const workspace = workspaceFolder(dataDir, ref.workspaceId)
  const run = join(workspace, 'run', String(ref.incarnation))
  return {
    workspace,
    run,
    boot: join(run, 'boot.json'),
    claim: join(run, 'claim'),
    process: join(run, 'process'),
    exit: join(run, 'exit'),
    log: join(run, 'host.log'),
    olderLog: join(run, 'host.log.1'),
  }
}

export const workspaceFolder = (dataDir: string, workspaceId: string) =>
  join(dataDir, 'workspaces', pathPart(workspaceId))

/** Ids become names of folders and parts of the marker: nothing that leads elsewhere. */
export function pathPart(id: string) {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/.test(id))
    throw new Error(`${JSON.stringify(id)} can not name a folder`)
  return id
}
