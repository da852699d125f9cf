import type { HibernateResult } from '@molecule/contract/lifecycle'
import type { Db, Queryable, TaskRow, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError } from '../error.ts'
import { recordWorkspace } from '../event/record.ts'
import { actorOf, type Principal } from '../identity/principal.ts'
import { holdTasks, recordWaiting, releaseTasks } from '../task/task-waiting.ts'
import { isExternal } from './external.ts'
import { lockLive } from './lock-live.ts'
import { openTaskCounts } from './subtree.ts'
import { auditWorkspace } from './workspace-audit.ts'
import { loadOf } from './workspace-wire.ts'
import { wishRunning, writeWish } from './workspace-wish.ts'

/** Stops a workspace until the next message or task for it. With open work only by force, which interrupts it. */
export async function hibernateWorkspace(
  db: Db,
  principal: Principal,
  id: string,
  { force }: { force: boolean },
): Promise<HibernateResult> {
  return transact(db, async (tx) => {
    const row = await lockLive(tx, principal, id)
    refuseSleep(row)
    const { active, queued } = await openWork(tx, row)
    const isAsleep = row.desiredState === 'hibernated'
    if (active + queued > 0 && !force && !isAsleep) throw atWork(row, { active, queued })
    const { generation } = isAsleep ? row : await hibernateIn(tx, principal, row)
    return {
      status: row.status === 'hibernated' ? 'hibernated' : 'hibernating',
      interrupted_tasks: isAsleep ? 0 : active,
      queued_tasks: queued,
      generation,
    }
  })
}

/** The wish, for a row that the caller has locked and found fit. */
export async function hibernateIn(
  tx: Tx,
  principal: Principal,
  row: WorkspaceRow,
): Promise<WorkspaceRow> {
  const actor = actorOf(principal)
  const changed = await writeWish(tx, row.id, { desiredState: 'hibernated' })
  const held = await holdTasks(tx, [row.id])
  await auditWorkspace(tx, principal, row, {
    verb: 'hibernate',
    before: { desired_state: row.desiredState },
    after: { desired_state: 'hibernated', held_tasks: held.length },
  })
  await recordWorkspace(tx, 'WORKSPACE_UPDATED', changed, { actor })
  await recordWaiting(tx, held, actor)
  return changed
}

/** Starts a hibernated workspace; one that is awake stays as it is. */
export async function wakeWorkspace(
  db: Db,
  principal: Principal,
  id: string,
): Promise<WorkspaceRow> {
  return transact(db, async (tx) => {
    const row = await lockLive(tx, principal, id)
    if (row.desiredState === 'paused')
      throw new DomainError('not_allowed_now', `workspace ${row.name} is paused`, {
        hint: 'Resume it: POST /workspaces/:id/resume.',
      })
    if (row.desiredState !== 'hibernated') return row
    const woken = await wish(tx, row)
    await auditWorkspace(tx, principal, row, {
      verb: 'wake',
      before: { desired_state: 'hibernated' },
      after: { desired_state: 'running', released_tasks: woken.released.length },
    })
    return tell(tx, woken, actorOf(principal))
  })
}

/** The row of a workspace that is about to get a task, locked by the caller: if it was asleep, it is wished awake. */
export async function awake(tx: Tx, row: WorkspaceRow, actor: string): Promise<WorkspaceRow> {
  return row.desiredState === 'hibernated' ? tell(tx, await wish(tx, row), actor) : row
}

type Woken = { row: WorkspaceRow; released: TaskRow[] }

const wish = async (tx: Tx, { id }: WorkspaceRow): Promise<Woken> => ({
  row: await wishRunning(tx, id),
  released: await releaseTasks(tx, [id]),
})

async function tell(tx: Tx, { row, released }: Woken, actor: string): Promise<WorkspaceRow> {
  await recordWorkspace(tx, 'WORKSPACE_UPDATED', row, { actor })
  await recordWaiting(tx, released, actor)
  return row
}

async function openWork(db: Queryable, { id }: WorkspaceRow) {
  const open = (await openTaskCounts(db, [id])).get(id) ?? 0
  const active = Math.min(open, (await loadOf(db, id)).activeTasks)
  return { active, queued: open - active }
}

function refuseSleep(row: WorkspaceRow): void {
  if (isExternal(row))
    throw new DomainError(
      'not_allowed_now',
      `the agent of workspace ${row.name} runs elsewhere, so it cannot be stopped or started here`,
      { hint: 'Pause it to keep work from it, or end its agent where it runs.' },
    )
  if (row.desiredState === 'paused')
    throw new DomainError('not_allowed_now', `workspace ${row.name} is paused`, {
      hint: 'A paused workspace is stopped already. Resume it first.',
    })
}

const atWork = (row: WorkspaceRow, { active, queued }: { active: number; queued: number }) =>
  new DomainError(
    'not_allowed_now',
    `workspace ${row.name} has work: ${active} running, ${queued} waiting`,
    {
      hint: 'Wait until it is done, or force it (--force, ?force=true): running tasks are interrupted and go on after the next wake.',
      extra: { active_tasks: active, queued_tasks: queued },
    },
  )
