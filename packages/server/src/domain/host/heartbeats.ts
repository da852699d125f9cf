import type { AttemptProgress } from '@molecule/contract/host'
import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Db, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { mergeReports, type Report } from '../registry/report.ts'
import { storeReports, type Told } from '../registry/report-store.ts'
import { DEFAULT_DEADLINE_MS, NO_DEADLINE } from '../task/task-deadline.ts'
import type { HostRef } from '../task/task-lease.ts'
import { openAncestors } from '../task/task-store.ts'

/**
 * Gathers heartbeats in memory; `flush` writes them with a few statements, once a second. A host's beat keeps the host
 * alive; a task is kept alive by progress alone, so that one that hangs in a healthy host does not pass for running.
 */
export type Heartbeats = {
  beat(host: HostRef, progress: AttemptProgress[]): void
  /** What an agent tells of itself. It counts as a sign of life where no host of ours gives one. */
  report(agent: HostRef, report: Report, about: { isAlive: boolean }): void
  /** What an agent told before it came anew is not written any more. */
  forget(id: WorkspaceId): void
  /** The progress of a task that its own program tells of. */
  progress(id: TaskId): void
  /** Answers whose heartbeat was written, the time it was, and what they told. */
  flush(): Promise<Flushed>
}

export type Flushed = {
  at: number
  workspaceIds: WorkspaceId[]
  reports: ReadonlyMap<WorkspaceId, Report>
}

export function heartbeats(db: Db): Heartbeats {
  let hosts = new Map<WorkspaceId, number>()
  let working = new Map<WorkspaceId, number>()
  let moving = new Set<TaskId>()
  let told = new Map<WorkspaceId, Told>()
  return {
    beat({ workspaceId, incarnation }, progress) {
      hosts.set(workspaceId, incarnation)
      if (progress.length > 0) working.set(workspaceId, incarnation)
      for (const { task_id, progressed, output } of progress)
        if (progressed || output.length > 0) moving.add(task_id as TaskId)
    },
    report({ workspaceId, incarnation }, report, { isAlive }) {
      if (isAlive) hosts.set(workspaceId, incarnation)
      const former = told.get(workspaceId)
      const before = former?.incarnation === incarnation ? former.report : undefined
      told.set(workspaceId, { incarnation, isAlive, report: mergeReports(before, report) })
    },
    forget: (id) => void told.delete(id),
    progress: (id) => void moving.add(id),
    async flush() {
      const batch = { hosts, working, moving: [...moving], told: [...told] }
      hosts = new Map()
      working = new Map()
      moving = new Set()
      told = new Map()
      const alive = batch.told.filter(([, { isAlive }]) => isAlive)
      const reports = new Map(alive.map(([id, { report }]) => [id, report]))
      if (batch.hosts.size + batch.moving.length + batch.told.length === 0)
        return { at: 0, workspaceIds: [], reports }
      return transact(db, async (tx) => {
        const now = await dbNow(tx)
        await stampHosts(tx, batch.hosts, { lastHeartbeatAt: now })
        await stampHosts(tx, batch.working, { lastActivityAt: now })
        await storeReports(tx, batch.told)
        await stampTasks(tx, batch.moving)
        return { at: now, workspaceIds: [...batch.hosts.keys()], reports }
      })
    },
  }
}

async function stampHosts(
  tx: Tx,
  hosts: Map<WorkspaceId, number>,
  stamp: { lastHeartbeatAt: number } | { lastActivityAt: number },
): Promise<void> {
  if (hosts.size === 0) return
  await tx
    .updateTable('workspaces')
    .set(stamp)
    .where((is) =>
      is.or(
        [...hosts].map(([id, incarnation]) =>
          is.and([is('id', '=', id), is('incarnation', '=', incarnation)]),
        ),
      ),
    )
    .execute()
}

/** A task that moves keeps those above it alive, and puts off a deadline that nobody set on purpose. */
async function stampTasks(tx: Tx, moving: TaskId[]): Promise<void> {
  const ids = await openAncestors(tx, moving)
  if (ids.length === 0) return
  const now = await dbNow(tx)
  await tx
    .updateTable('tasks')
    .set((is) => ({
      lastHeartbeat: now,
      lastProgressAt: now,
      deadline: is
        .case()
        .when(is.or([is('deadlineIsHard', '=', 1), is('deadline', '=', NO_DEADLINE)]))
        .then(is.ref('deadline'))
        .else(now + DEFAULT_DEADLINE_MS)
        .end(),
    }))
    .where('id', 'in', ids)
    .where('endedAt', 'is', null)
    .execute()
}
