import type { Tx, WorkspaceRow } from '../../db/tables.ts'
import { audit, type Deed } from '../audit/audit.ts'
import type { Principal } from '../identity/principal.ts'

/** What was done to a workspace, in the transaction in which it is done. */
export async function auditWorkspace(
  tx: Tx,
  principal: Principal,
  { id }: WorkspaceRow,
  { verb, ...change }: { verb: string } & Pick<Deed, 'before' | 'after'>,
): Promise<void> {
  await audit(tx, principal, {
    action: `workspace.${verb}`,
    entity: 'workspace',
    entityId: id,
    ...change,
  })
}

/** The columns that people and agents decide, by their names on the wire. */
const told = {
  name: 'name',
  role: 'role',
  parentId: 'parent_id',
  runtime: 'runtime',
  runtimeConfig: 'runtime_config',
  model: 'model',
  tier: 'tier',
  workspaceDir: 'workspace_dir',
  maxConcurrentTasks: 'max_concurrent_tasks',
  hibernationIdleMinutes: 'hibernation_idle_minutes',
  x: 'x',
  y: 'y',
  collapsed: 'collapsed',
} as const satisfies Partial<Record<keyof WorkspaceRow, string>>
type Told = keyof typeof told

const isTold = (column: string): column is Told => column in told

/** A workspace as the audit log tells it: the given columns, or all that were decided; values of its environment hidden. */
export function workspaceFields(
  row: WorkspaceRow,
  columns: readonly string[] = Object.keys(told),
): Record<string, unknown> {
  return Object.fromEntries(
    columns.filter(isTold).map((column) => [told[column], shown(column, row[column])]),
  )
}

function shown(column: Told, value: unknown): unknown {
  if (column === 'collapsed') return value === 1
  return column === 'runtimeConfig' ? withoutValues(value as WorkspaceRow['runtimeConfig']) : value
}

/** An environment is where secrets are put: its names are told, its values are not. */
function withoutValues({ env, ...config }: WorkspaceRow['runtimeConfig']) {
  if (typeof env !== 'object' || env === null) return config
  const names = Object.keys(env).map((name) => [name, '[secret]'])
  return { ...config, env: Object.fromEntries(names) }
}
