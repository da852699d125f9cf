import { type PendingPurge, Resource, ResourceList } from '@molecule/contract/admin'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Db, Queryable, ResourceRow } from '../../db/tables.ts'
import type { OrgScope } from '../identity/principal.ts'
import { listOrphans, orphanToWire } from './orphan-store.ts'
import { usageToWire } from './resource-usage.ts'

const MOST = 1000

/** What an hour on a backend costs, as far as the operator said. */
export type CostPerHour = Readonly<Record<string, number>>

type LedgerOptions = { openOnly: boolean; brake: string | null; costPerHour: CostPerHour }

/** Everything that backends were asked to create, what runs without a row, and what is still to be removed. */
export async function resourceLedger(
  db: Db,
  scope: OrgScope,
  { openOnly, brake, costPerHour }: LedgerOptions,
): Promise<ResourceList> {
  const now = await dbNow(db)
  const rows = await db
    .selectFrom('resources')
    .leftJoin('workspaces', 'workspaces.id', 'resources.workspaceId')
    .selectAll('resources')
    .select('workspaces.name as workspaceName')
    .where('resources.orgId', '=', scope.orgId)
    .$if(openOnly, (query) => query.where('resources.closedAt', 'is', null))
    .orderBy('resources.createdAt', 'desc')
    .orderBy('resources.id')
    .limit(MOST)
    .execute()
  return ResourceList.parse({
    resources: rows.map((row) => resourceToWire(row, { now, costPerHour })),
    orphans: (await listOrphans(db)).map(orphanToWire),
    purges: await pendingPurges(db, scope),
    sweep_brake: brake,
  })
}

async function pendingPurges(db: Queryable, scope: OrgScope): Promise<PendingPurge[]> {
  const rows = await db
    .selectFrom('workspaces')
    .select(['id', 'name', 'purgeRequestedAt', 'purgeAttempts', 'nextPurgeAt', 'purgeError'])
    .where('orgId', '=', scope.orgId)
    .where('purgeRequestedAt', 'is not', null)
    .where('purgedAt', 'is', null)
    .orderBy('purgeRequestedAt')
    .orderBy('id')
    .limit(MOST)
    .execute()
  return rows.map((row) => ({
    workspace_id: row.id,
    workspace_name: row.name,
    requested_at: time(row.purgeRequestedAt ?? 0),
    attempts: row.purgeAttempts,
    next_attempt_at: timeOrNull(row.nextPurgeAt),
    last_error: row.purgeError,
  }))
}

const time = (ms: number) => new Date(ms).toISOString()
const timeOrNull = (ms: number | null) => (ms === null ? null : time(ms))

const MS_PER_HOUR = 3_600_000

function costOf({ backend }: ResourceRow, ageMs: number, costPerHour: CostPerHour) {
  const perHour = costPerHour[backend]
  return perHour === undefined
    ? null
    : { per_hour: perHour, so_far: (perHour * ageMs) / MS_PER_HOUR }
}

function resourceToWire(
  row: ResourceRow & { workspaceName: string | null },
  { now, costPerHour }: { now: number; costPerHour: CostPerHour },
) {
  const ageMs = (row.closedAt ?? now) - row.createdAt
  return Resource.parse({
    id: row.id,
    workspace_id: row.workspaceId,
    workspace_name: row.workspaceName,
    incarnation: row.incarnation,
    backend: row.backend,
    node_id: row.nodeId,
    kind: row.kind,
    handle: row.handle,
    created_at: time(row.createdAt),
    confirmed_at: timeOrNull(row.confirmedAt),
    closed_at: timeOrNull(row.closedAt),
    age_s: ageMs / 1000,
    leak_suspect_at: timeOrNull(row.leakSuspectAt),
    stop_attempts: row.stopAttempts,
    next_stop_at: row.closedAt === null ? timeOrNull(row.nextStopAt) : null,
    last_error: row.lastError,
    usage: usageToWire(row),
    cost: costOf(row, ageMs, costPerHour),
  })
}
