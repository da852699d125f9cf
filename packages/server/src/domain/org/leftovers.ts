import type { WorkspaceId } from '@molecule/contract/id'
import type { Leftover } from '@molecule/contract/org'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Queryable, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { audit } from '../audit/audit.ts'
import { DomainError } from '../error.ts'
import { type OrgScope, type Principal, scopeOf } from '../identity/principal.ts'
import { removeWorkspaceIn } from '../workspace/workspace-remove.ts'
import { wantedWorkspaces } from '../workspace/workspace-store.ts'

const HOUR_MS = 3_600_000

/**
 * What earlier mishaps left: workspaces that are there twice, and those whose agent has never come within so many hours. Older than
 * so must be both, so that nothing is named that is only just being made.
 */
export async function leftovers(
  db: Queryable,
  scope: OrgScope,
  { olderThanHours }: { olderThanHours: number },
): Promise<Leftover[]> {
  const live = await wantedWorkspaces(db, scope)
  const before = (await dbNow(db)) - olderThanHours * HOUR_MS
  const byId = new Map(live.map((row) => [row.id, row]))
  const pathOf = (row: WorkspaceRow): string[] => {
    const parent = row.parentId === null ? undefined : byId.get(row.parentId)
    return [...(parent ? pathOf(parent) : []), row.name]
  }
  const below = Map.groupBy(live, ({ parentId }) => parentId)
  return live
    .filter(({ createdAt }) => createdAt <= before)
    .flatMap((row) => {
      const why = whyLeft(row, below.get(row.parentId) ?? [])
      if (!why) return []
      const created_at = new Date(row.createdAt).toISOString()
      const children = below.get(row.id)?.length ?? 0
      return [{ id: row.id, name: row.name, path: pathOf(row), ...why, created_at, children }]
    })
}

type Why = Pick<Leftover, 'kind' | 'detail' | 'of'>

function whyLeft(row: WorkspaceRow, siblings: readonly WorkspaceRow[]): Why | undefined {
  const first = siblings.find((other) => isOriginalOf(other, row))
  if (first)
    return { kind: 'duplicate', detail: `the same as "${first.name}" beside it`, of: first.id }
  if (row.lastHeartbeatAt !== null || row.desiredState !== 'running') return undefined
  const state = row.status.replaceAll('_', ' ')
  const reason = row.failureReason ? `: ${row.failureReason.detail}` : ''
  return { kind: 'never_registered', detail: `no agent has ever come; ${state}${reason}`, of: null }
}

/** Made earlier, for the same, under the name that is left without number, case and spaces. */
const isOriginalOf = (other: WorkspaceRow, row: WorkspaceRow): boolean =>
  other.id !== row.id &&
  (other.createdAt < row.createdAt ||
    (other.createdAt === row.createdAt && other.name.length < row.name.length)) &&
  plain(other.name) === plain(row.name) &&
  other.role === row.role &&
  other.runtime === row.runtime &&
  JSON.stringify(other.runtimeConfig) === JSON.stringify(row.runtimeConfig)

const plain = (name: string) =>
  name
    .replace(/ \(\d+\)$/, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()

type Removing = { ids: readonly string[]; confirm: boolean; olderThanHours: number }

/** Removes those of these that are leftovers still, by the ordinary removal; one that is none any more stops it all. */
export function removeLeftovers(
  db: Db,
  principal: Principal,
  { ids, confirm, olderThanHours }: Removing,
): Promise<WorkspaceId[]> {
  return transact(db, async (tx) => {
    await lockRow(tx, 'orgs', principal.orgId)
    const found = new Map(
      (await leftovers(tx, scopeOf(principal), { olderThanHours })).map((one) => [one.id, one]),
    )
    const chosen = ids.map((id) => found.get(id as WorkspaceId) ?? none(id))
    const live = await wantedWorkspaces(tx, scopeOf(principal))
    refuseInhabited(chosen, live)
    if (!confirm)
      throw new DomainError('confirmation_required', `${chosen.length} would be removed`, {
        hint: 'Look at them, then repeat with "confirm": true.',
        extra: { remove: chosen.map(({ id, path }) => ({ id, path })) },
      })
    const removed: WorkspaceId[] = []
    for (const { id } of chosen) {
      if (removed.includes(id)) continue
      const { cascade_deleted } = await removeWorkspaceIn(tx, principal, id, { confirm: true })
      removed.push(id, ...cascade_deleted)
    }
    await audit(tx, principal, {
      action: 'org.prune',
      entity: 'org',
      entityId: principal.orgId,
      after: { removed: removed.length },
    })
    return removed
  })
}

function none(id: string): never {
  throw new DomainError('not_allowed_now', `workspace ${id} is no leftover, or none any more`, {
    hint: 'List them again: molecule org prune.',
    extra: { id },
  })
}

/** Whoever stands below one that goes has to be one of them too. */
function refuseInhabited(chosen: readonly Leftover[], live: readonly WorkspaceRow[]): void {
  const going = new Set<string>(chosen.map(({ id }) => id))
  const staying = live.filter(
    ({ id, parentId }) => parentId !== null && going.has(parentId) && !going.has(id),
  )
  if (staying.length === 0) return
  const names = staying.map(({ name }) => name)
  throw new DomainError('not_allowed_now', `there is a team below: ${names.join(', ')}`, {
    hint: 'Move it elsewhere, or remove it first.',
    extra: { below: staying.map(({ id, name }) => ({ id, name })) },
  })
}
