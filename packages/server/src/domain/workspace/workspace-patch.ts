import type { WorkspaceId } from '@molecule/contract/id'
import type { PatchWorkspace } from '@molecule/contract/workspace'
import { sql } from 'kysely'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError } from '../error.ts'
import { recordWorkspace } from '../event/record.ts'
import { actorOf, type Principal, scopeOf } from '../identity/principal.ts'
import { checkModel, runtimeNamed } from '../runtime/runtime.ts'
import { isExternal, refuseIdleMinutes } from './external.ts'
import { lockLive } from './lock-live.ts'
import { checkRuntimeConfig } from './runtime-config.ts'
import { auditWorkspace, workspaceFields } from './workspace-audit.ts'
import { checkDirectory, checkPlace, takeName } from './workspace-place.ts'

/** One statement for all fields: either every change is made or none. */
export async function patchWorkspace(
  db: Db,
  principal: Principal,
  id: string,
  input: PatchWorkspace,
): Promise<WorkspaceRow> {
  checkReach(principal, id, input)
  return transact(db, (tx) => patchWorkspaceIn(tx, principal, id, input))
}

export async function patchWorkspaceIn(
  tx: Tx,
  principal: Principal,
  id: string,
  input: PatchWorkspace,
): Promise<WorkspaceRow> {
  await lockRow(tx, 'orgs', principal.orgId)
  const row = await lockLive(tx, principal, id)
  const change = await columnsOf(tx, principal, row, input)
  if (Object.keys(change).length === 0) return row
  const needsStart =
    'runtimeConfig' in change ||
    'model' in change ||
    'workspaceDir' in change ||
    'maxConcurrentTasks' in change
  const updatedAt = await dbNow(tx)
  const changed = await tx
    .updateTable('workspaces')
    .set({
      ...change,
      // A start that failed for good is tried again with what was changed.
      ...(needsStart && row.status === 'failed' ? { nextStartAt: updatedAt } : {}),
      generation: sql`generation + 1`,
      ...(needsStart ? { configGeneration: sql<number>`generation + 1` } : {}),
      rev: sql`rev + 1`,
      updatedAt,
    })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
  await auditWorkspace(tx, principal, row, {
    verb: 'update',
    before: workspaceFields(row, Object.keys(change)),
    after: workspaceFields(changed, Object.keys(change)),
  })
  await recordWorkspace(tx, 'WORKSPACE_UPDATED', changed, { actor: actorOf(principal) })
  return changed
}

/** What an agent may change about itself; where it runs, what and under whom is for people. */
const cosmetic = new Set<string>([
  'name',
  'role',
  'x',
  'y',
  'collapsed',
] satisfies (keyof PatchWorkspace)[])

export function checkReach(principal: Principal, id: string, input: PatchWorkspace): void {
  if (principal.kind !== 'workspace') return
  if (principal.workspaceId !== id)
    throw new DomainError('forbidden', 'an agent may change only its own workspace', {
      hint: 'Use the id in WORKSPACE_ID.',
    })
  const placement = Object.keys(input).filter((field) => !cosmetic.has(field))
  if (placement.length > 0)
    throw new DomainError('forbidden', `an agent may not change its own ${placement.join(', ')}`, {
      hint: `It may change ${[...cosmetic].join(', ')}; the rest is for people.`,
      fields: placement.map((path) => ({ path, message: 'is for people to change' })),
    })
}

async function columnsOf(tx: Tx, principal: Principal, row: WorkspaceRow, input: PatchWorkspace) {
  const place = await placeOf(tx, principal, row, input)
  checkDirectory(input.workspace_dir)
  if (input.model) checkModel(runtimeNamed(row.runtime), input.model)
  if (isExternal(row)) refuseIdleMinutes(input.hibernation_idle_minutes)
  const columns = {
    ...place,
    role: input.role,
    tier: input.tier,
    model: input.model,
    workspaceDir: input.workspace_dir,
    maxConcurrentTasks: input.max_concurrent_tasks,
    hibernationIdleMinutes: input.hibernation_idle_minutes,
    x: input.x,
    y: input.y,
    collapsed: input.collapsed === undefined ? undefined : input.collapsed ? 1 : 0,
    runtimeConfig: input.runtime_config && checkRuntimeConfig(row.runtime, input.runtime_config),
  }
  return Object.fromEntries(
    Object.entries(columns).filter(
      ([column, value]) => value !== undefined && !same(row[column as keyof WorkspaceRow], value),
    ),
  )
}

async function placeOf(tx: Tx, principal: Principal, row: WorkspaceRow, input: PatchWorkspace) {
  const name = input.name ?? row.name
  const parentId =
    input.parent_id === undefined ? row.parentId : (input.parent_id as WorkspaceId | null)
  if (name === row.name && parentId === row.parentId) return {}
  const scope = scopeOf(principal)
  if (parentId !== row.parentId)
    refuseUnderPaused(row, await checkPlace(tx, scope, { parentId, self: row.id }))
  await takeName(tx, scope, { parentId, name, self: row.id })
  return { name, parentId }
}

/** Below a paused workspace nothing runs. */
function refuseUnderPaused(row: WorkspaceRow, parent: WorkspaceRow | undefined): void {
  if (parent?.desiredState !== 'paused' || row.desiredState === 'paused') return
  throw new DomainError('not_allowed_now', `workspace ${parent.name} is paused`, {
    hint: `Resume ${parent.name} first, or pause ${row.name} before it moves there.`,
    extra: { paused_ancestor: { id: parent.id, name: parent.name } },
  })
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
