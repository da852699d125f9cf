import type { WorkspaceId } from '@molecule/contract/id'
import type { PauseResult, ResumeResult, VerbTarget } from '@molecule/contract/lifecycle'
import type { Db, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError } from '../error.ts'
import { recordWorkspace } from '../event/record.ts'
import { actorOf, type Principal } from '../identity/principal.ts'
import { holdTasks, recordWaiting, releaseTasks } from '../task/task-waiting.ts'
import { isExternal } from './external.ts'
import { refuseRemoved } from './lock-live.ts'
import { lockSubtree, type Member, openTaskCounts } from './subtree.ts'
import { auditWorkspace } from './workspace-audit.ts'
import { ancestry, workspaceById } from './workspace-store.ts'
import { wishRunning, writeWish } from './workspace-wish.ts'

/** Stops a workspace and all below it, and remembers of each whose pause that was. */
export async function pauseWorkspace(
  db: Db,
  principal: Principal,
  id: string,
): Promise<PauseResult> {
  return transact(db, async (tx) => {
    const { top, members } = await lockSubtree(tx, principal, id)
    refuseRemoved(top)
    const inside = new Set(members.map(({ row }) => row.id))
    const changed = new Map<WorkspaceId, WorkspaceRow>()
    for (const { row } of members)
      if (!isKept(row, top, inside)) changed.set(row.id, await pauseOne(tx, row, top.id))
    await finish(tx, principal, { verb: 'pause', top, changed: [...changed.values()] })
    const targets = members.map(({ row }) => pausedTarget(changed.get(row.id) ?? row, changed))
    return {
      status: 'paused',
      paused_count: changed.size,
      targets,
      generation: generationOf(targets, top),
    }
  })
}

/** One that was paused by itself, or by one inside this subtree, stays paused when this pause ends. */
function isKept(row: WorkspaceRow, top: WorkspaceRow, inside: Set<WorkspaceId>): boolean {
  if (row.desiredState !== 'paused') return false
  const cause = row.pausedBy ?? row.id
  return row.id === top.id ? cause === top.id : inside.has(cause)
}

function pauseOne(tx: Tx, row: WorkspaceRow, pausedBy: WorkspaceId): Promise<WorkspaceRow> {
  const pausedFrom =
    row.desiredState === 'paused'
      ? row.pausedFrom
      : row.desiredState === 'hibernated'
        ? 'hibernated'
        : 'running'
  return writeWish(tx, row.id, { desiredState: 'paused', pausedBy, pausedFrom })
}

function pausedTarget(row: WorkspaceRow, changed: Map<WorkspaceId, WorkspaceRow>): VerbTarget {
  const { id, name, generation } = row
  if (!changed.has(id))
    return { id, name, outcome: 'kept', detail: 'was paused already, and stays so', generation }
  const detail = isExternal(row)
    ? 'gets no more work; its agent is not ours to stop'
    : 'is being stopped'
  return { id, name, outcome: 'paused', detail, generation }
}

/** Wakes what this very pause stopped, and nothing that was paused otherwise. */
export async function resumeWorkspace(
  db: Db,
  principal: Principal,
  id: string,
): Promise<ResumeResult> {
  return transact(db, async (tx) => {
    const { top, members } = await lockSubtree(tx, principal, id)
    refuseRemoved(top)
    if (top.desiredState !== 'paused')
      throw new DomainError('not_allowed_now', `workspace ${top.name} is not paused`, {
        hint: `It is wished ${top.desiredState}; there is nothing to resume.`,
      })
    await refuseBelowPaused(tx, top)
    const chosen = resumedBy(top, members)
    const open = await openTaskCounts(tx, [...chosen])
    const changed = new Map<WorkspaceId, WorkspaceRow>()
    for (const { row } of members)
      if (chosen.has(row.id)) changed.set(row.id, await resumeOne(tx, row, open.get(row.id) ?? 0))
    await finish(tx, principal, { verb: 'resume', top, changed: [...changed.values()] })
    const targets = members.map(({ row }) => resumedTarget(changed.get(row.id) ?? row, changed))
    return {
      status: isExternal(top) ? 'awaiting_agent' : 'provisioning',
      resumed_count: changed.size,
      targets,
      generation: generationOf(targets, top),
    }
  })
}

/** From the top down; below one that stays paused nothing wakes. */
function resumedBy(top: WorkspaceRow, members: Member[]): Set<WorkspaceId> {
  const causes = new Set([top.id, top.pausedBy ?? top.id])
  const isOurs = (row: WorkspaceRow) =>
    row.id === top.id || (row.desiredState === 'paused' && causes.has(row.pausedBy ?? row.id))
  const passed = new Set<WorkspaceId | null>([top.parentId])
  const chosen = new Set<WorkspaceId>()
  for (const { row } of members) {
    if (!passed.has(row.parentId)) continue
    if (isOurs(row)) chosen.add(row.id)
    if (isOurs(row) || row.desiredState !== 'paused') passed.add(row.id)
  }
  return chosen
}

/** Back to what it was: one that slept goes on sleeping, unless work has come in. */
function resumeOne(tx: Tx, row: WorkspaceRow, openTasks: number): Promise<WorkspaceRow> {
  return row.pausedFrom === 'hibernated' && openTasks === 0
    ? writeWish(tx, row.id, { desiredState: 'hibernated', pausedBy: null, pausedFrom: null })
    : wishRunning(tx, row.id)
}

function resumedTarget(row: WorkspaceRow, changed: Map<WorkspaceId, WorkspaceRow>): VerbTarget {
  const { id, name, generation } = row
  if (!changed.has(id)) {
    const detail = row.desiredState === 'paused' ? 'stays paused on its own' : 'was not paused'
    return { id, name, outcome: 'kept', detail, generation }
  }
  if (row.desiredState === 'hibernated')
    return { id, name, outcome: 'hibernated', detail: 'sleeps on, until work comes in', generation }
  const detail = isExternal(row) ? 'waits for its agent to report' : 'is being started'
  return { id, name, outcome: 'resumed', detail, generation }
}

async function refuseBelowPaused(tx: Tx, row: WorkspaceRow): Promise<void> {
  const [, ...above] = await ancestry(tx, row.id)
  for (const id of above) {
    const ancestor = await workspaceById(tx, id)
    if (ancestor?.desiredState !== 'paused') continue
    throw new DomainError(
      'not_allowed_now',
      `workspace ${row.name} is below ${ancestor.name}, which is paused`,
      {
        hint: `Resume ${ancestor.name}; that wakes what its pause stopped.`,
        extra: { paused_ancestor: { id: ancestor.id, name: ancestor.name } },
      },
    )
  }
}

type Done = { verb: 'pause' | 'resume'; top: WorkspaceRow; changed: WorkspaceRow[] }

/** Tasks, audit, events: in the order in which rows are locked. */
async function finish(tx: Tx, principal: Principal, { verb, top, changed }: Done): Promise<void> {
  if (changed.length === 0) return
  const actor = actorOf(principal)
  const ids = changed.map((row) => row.id)
  const tasks = await (verb === 'pause' ? holdTasks(tx, ids) : releaseTasks(tx, ids))
  await auditWorkspace(tx, principal, top, {
    verb,
    before: { desired_state: top.desiredState },
    after: { workspaces: ids },
  })
  for (const row of changed) await recordWorkspace(tx, 'WORKSPACE_UPDATED', row, { actor })
  await recordWaiting(tx, tasks, actor)
}

const generationOf = (targets: VerbTarget[], top: WorkspaceRow): number =>
  targets.find((each) => each.id === top.id)?.generation ?? top.generation
