import { randomUUID } from 'node:crypto'
import type { WorkspaceId } from '@molecule/contract/id'
import type { CreateWorkspace, DeleteWorkspaceResult } from '@molecule/contract/workspace'
import { sql } from 'kysely'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Queryable, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError, notFound } from '../error.ts'
import { recordWorkspace } from '../event/record.ts'
import { revokeOfWorkspace } from '../identity/credential-store.ts'
import { actorOf, type Principal, scopeOf } from '../identity/principal.ts'
import { defaultModel, runtimeNamed } from '../runtime/runtime.ts'
import { deleteSecretsOf } from '../secret/secret-store.ts'
import { endTasksOfRemoved } from '../task/task-removal.ts'
import { type Delivery, deliveryAsked, EXTERNAL, isExternal } from './external.ts'
import { auditWorkspace, workspaceFields } from './workspace-audit.ts'
import { checkDirectory, checkPlace, takeName } from './workspace-place.ts'
import { descendants, findWorkspace, insertWorkspace } from './workspace-store.ts'

const DEFAULT_TIER = 1

/** Writes the wish. The workspace controller makes it true. */
export async function createWorkspace(
  db: Db,
  principal: Principal,
  input: CreateWorkspace,
): Promise<WorkspaceRow> {
  return transact(db, (tx) => createWorkspaceIn(tx, principal, input))
}

export async function createWorkspaceIn(
  tx: Tx,
  principal: Principal,
  input: CreateWorkspace,
): Promise<WorkspaceRow> {
  const row = await placeWorkspace(tx, principal, input)
  await announce(tx, principal, row)
  return row
}

/** The row, not yet announced: what belongs to it is written first. */
export async function placeWorkspace(
  tx: Tx,
  principal: Principal,
  input: CreateWorkspace,
): Promise<WorkspaceRow> {
  const scope = scopeOf(principal)
  const delivery = deliveryAsked(input)
  const runtime = runtimeNamed(delivery ? EXTERNAL : (input.runtime ?? 'command'))
  const runtimeConfig = checkRuntimeConfig(runtime.id, input.runtime_config)
  checkDirectory(input.workspace_dir)
  await lockRow(tx, 'orgs', scope.orgId)
  const parentId = (input.parent_id ?? null) as WorkspaceId | null
  await checkPlace(tx, scope, { parentId })
  await takeName(tx, scope, { parentId, name: input.name })
  const now = await dbNow(tx)
  return insertWorkspace(tx, {
    id: randomUUID() as WorkspaceId,
    orgId: scope.orgId,
    parentId,
    name: input.name,
    role: input.role ?? null,
    runtime: runtime.id,
    runtimeConfig,
    model: input.model || defaultModel(runtime.id),
    tier: input.tier ?? DEFAULT_TIER,
    workspaceDir: input.workspace_dir ?? null,
    ...(delivery ? awaitsAgent(delivery) : { ...toStart, provisionStartedAt: now }),
    desiredState: 'running',
    generation: 1,
    restartGeneration: 1,
    configGeneration: 1,
    incarnation: 0,
    startFailures: 0,
    maxConcurrentTasks: input.max_concurrent_tasks ?? 1,
    x: input.canvas?.x ?? 0,
    y: input.canvas?.y ?? 0,
    collapsed: 0,
    rev: 1,
    createdAt: now,
    updatedAt: now,
  })
}

export async function announce(tx: Tx, principal: Principal, row: WorkspaceRow): Promise<void> {
  await auditWorkspace(tx, principal, row, { verb: 'create', after: workspaceFields(row) })
  const event = isExternal(row) ? 'WORKSPACE_AWAITING_AGENT' : 'WORKSPACE_PROVISIONING'
  await recordWorkspace(tx, event, row, { actor: actorOf(principal) })
}

/** A workspace that we start: the controller begins its first incarnation. */
const toStart = { status: 'provisioning', observedGeneration: 0, startedGeneration: 0 } as const

/** One whose agent comes by itself: the wish holds already, and nothing is ever begun. */
const awaitsAgent = (delivery: Delivery) =>
  ({
    status: 'awaiting_agent',
    observedGeneration: 1,
    startedGeneration: 1,
    backend: EXTERNAL,
    ...delivery,
  }) as const

/**
 * A fresh start, whatever the state: raises the generation that demands one and forgets earlier failures. An agent that runs
 * elsewhere is not ours to start: nothing changes.
 */
export async function restartWorkspace(
  db: Db,
  principal: Principal,
  id: string,
): Promise<WorkspaceRow> {
  return transact(db, async (tx) => {
    const row = await lockLive(tx, principal, id)
    if (row.desiredState !== 'running')
      throw new DomainError('not_allowed_now', `workspace ${row.name} is ${row.desiredState}`, {
        hint: 'Resume it first.',
      })
    if (isExternal(row)) return row
    const changed = await wishRestart(tx, row.id)
    await auditWorkspace(tx, principal, row, {
      verb: 'restart',
      before: { generation: row.generation },
      after: { generation: changed.generation },
    })
    await recordWorkspace(tx, 'WORKSPACE_UPDATED', changed, { actor: actorOf(principal) })
    return changed
  })
}

/** The wish alone; the caller has locked the row and records the event. */
export async function wishRestart(tx: Tx, id: WorkspaceId): Promise<WorkspaceRow> {
  return tx
    .updateTable('workspaces')
    .set({
      generation: sql`generation + 1`,
      restartGeneration: sql`generation + 1`,
      startFailures: 0,
      nextStartAt: null,
      rev: sql`rev + 1`,
      updatedAt: await dbNow(tx),
    })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Removes a workspace and all below it: names, tokens and open tasks at once, processes by the controller. */
export async function removeWorkspace(
  db: Db,
  principal: Principal,
  id: string,
  { confirm }: { confirm: boolean },
): Promise<DeleteWorkspaceResult> {
  return transact(db, async (tx) => {
    await lockRow(tx, 'orgs', principal.orgId)
    const row = await findWorkspace(tx, scopeOf(principal), id)
    if (!row) throw notFound('workspace', id)
    const below = await descendants(tx, row.id)
    if (below.length > 0 && !confirm) throw needsConfirmation(row, below)
    const removed = await wishAllRemoved(tx, [row.id, ...below.map((each) => each.id)])
    for (const each of removed) await endTasksOfRemoved(tx, each)
    for (const each of removed) await auditRemoval(tx, principal, each)
    for (const each of removed)
      await recordWorkspace(tx, 'WORKSPACE_UPDATED', each, { actor: actorOf(principal) })
    const { generation } = removed.find((each) => each.id === row.id) ?? row
    return { status: 'removed', cascade_deleted: below.map((each) => each.id), generation }
  })
}

/** Every workspace is locked before any task, and those before the audit log. */
async function wishAllRemoved(tx: Tx, ids: readonly WorkspaceId[]): Promise<WorkspaceRow[]> {
  const removed: WorkspaceRow[] = []
  for (const id of ids) {
    const row = await wishRemoved(tx, id)
    if (row) removed.push(row)
  }
  return removed
}

async function wishRemoved(tx: Tx, id: WorkspaceId): Promise<WorkspaceRow | undefined> {
  await lockRow(tx, 'workspaces', id)
  const now = await dbNow(tx)
  const row = await tx
    .updateTable('workspaces')
    .set({
      desiredState: 'removed',
      generation: sql`generation + 1`,
      nextStartAt: null,
      rev: sql`rev + 1`,
      updatedAt: now,
    })
    .where('id', '=', id)
    .where('desiredState', '<>', 'removed')
    .returningAll()
    .executeTakeFirst()
  if (!row) return undefined
  await revokeOfWorkspace(tx, id, now)
  await deleteSecretsOf(tx, id)
  return row
}

const auditRemoval = (tx: Tx, principal: Principal, row: WorkspaceRow) =>
  auditWorkspace(tx, principal, row, {
    verb: 'remove',
    before: workspaceFields(row),
    after: { desired_state: 'removed' },
  })

/** The row of a workspace that is not removed, locked for a verb. */
export async function lockLive(tx: Tx, principal: Principal, id: string): Promise<WorkspaceRow> {
  await lockRow(tx, 'workspaces', id)
  return liveWorkspace(tx, principal, id)
}

/** The row of a workspace that is not removed, to read. */
export async function liveWorkspace(
  db: Queryable,
  principal: Principal,
  id: string,
): Promise<WorkspaceRow> {
  const row = await findWorkspace(db, scopeOf(principal), id)
  if (!row) throw notFound('workspace', id)
  if (row.desiredState === 'removed')
    throw new DomainError('gone', `workspace ${row.name} was removed`, {
      hint: 'Create a new one.',
    })
  return row
}

export function checkRuntimeConfig(
  runtimeId: string,
  config: Record<string, unknown> | undefined,
): Record<string, unknown> {
  const runtime = runtimeNamed(runtimeId)
  const parsed = runtime.config.safeParse(config ?? {})
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map((issue) => ({
    path: ['runtime_config', ...issue.path].join('.'),
    message: issue.message,
  }))
  throw new DomainError('invalid', `runtime_config does not fit the runtime "${runtimeId}"`, {
    hint: runtime.configHint,
    fields,
  })
}

const needsConfirmation = (row: WorkspaceRow, below: { id: string; name: string }[]) =>
  new DomainError(
    'confirmation_required',
    `workspace ${row.name} has ${below.length} below it that would be removed too`,
    {
      hint: 'Repeat with ?confirm=true to remove them all.',
      extra: {
        children: below.map(({ id, name }) => ({ id, name })),
        children_count: below.length,
      },
    },
  )
