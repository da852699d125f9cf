import type { WorkspaceId } from '@molecule/contract/id'
import type { applyModes, OrgPlan, PlannedNode } from '@molecule/contract/org'
import { CreateWorkspace, type Reason } from '@molecule/contract/workspace'
import type { Queryable, ScheduleRow, WorkspaceRow } from '../../db/tables.ts'
import { DomainError } from '../error.ts'
import type { OrgScope } from '../identity/principal.ts'
import { schedulesOfOrg } from '../schedule/schedule-store.ts'
import { checkCreate } from '../workspace/workspace-service.ts'
import { wantedWorkspaces } from '../workspace/workspace-store.ts'
import type { Template, TemplateNode } from './load-template.ts'
import { missingOf } from './template-env.ts'
import { diffSchedules, scheduleToTemplate, type TemplateSchedule } from './template-schedules.ts'

type Mode = (typeof applyModes)[number]

/** One workspace of the plan, and all that applying it needs. */
export type Step = {
  node: TemplateNode
  row: WorkspaceRow | undefined
  action: 'create' | 'exists' | 'update' | 'blocked'
  changes: PlannedNode['changes']
  blockedBy: Reason | null
}

export type Plan = {
  template: Template
  /** Parents before their children. */
  steps: Step[]
  /** Came from this template, and are no longer in it; only the topmost of each team. */
  prune: WorkspaceRow[]
  prunes: boolean
  missingEnv: OrgPlan['missing_env']
}

/** Compares a template with what there is. Reads only. */
export async function planOrg(
  db: Queryable,
  scope: OrgScope,
  { template, mode }: { template: Template; mode: Mode },
): Promise<Plan> {
  const live = await wantedWorkspaces(db, scope)
  const schedules = Map.groupBy(await schedulesOfOrg(db, scope), (row) => row.workspaceId)
  const byPlace = new Map(live.map((row) => [placeKey(row.parentId, row.name), row]))
  const steps: Step[] = []
  const walk = (
    nodes: readonly TemplateNode[],
    parent: { row: WorkspaceRow | undefined } | null,
  ) => {
    for (const node of nodes) {
      const isNew = parent !== null && parent.row === undefined
      const row = isNew ? undefined : byPlace.get(placeKey(parent?.row?.id ?? null, node.name))
      steps.push(stepOf(node, { row, schedules: (row && schedules.get(row.id)) ?? [] }, mode))
      walk(node.children, { row })
    }
  }
  walk(template.roots, null)
  return {
    template,
    steps,
    prunes: mode === 'prune',
    prune: mode === 'prune' ? noLongerIn(template, live, steps) : [],
    missingEnv: missingOf(template.requiredEnv, await secretNames(db, scope)),
  }
}

const placeKey = (parentId: WorkspaceId | null, name: string) => `${parentId ?? ''}\n${name}`

async function secretNames(db: Queryable, { orgId }: OrgScope): Promise<Set<string>> {
  const rows = await db
    .selectFrom('secrets')
    .select('name')
    .where('orgId', '=', orgId)
    .where('workspaceId', 'is', null)
    .execute()
  return new Set(rows.map(({ name }) => name))
}

type Found = { row: WorkspaceRow | undefined; schedules: ScheduleRow[] }

function stepOf(node: TemplateNode, { row, schedules }: Found, mode: Mode): Step {
  if (!row) {
    const blockedBy = whyNot(node)
    return { node, row, action: blockedBy ? 'blocked' : 'create', changes: [], blockedBy }
  }
  const changes = [...changesOf(node, row), ...scheduleChanges(node, schedules, mode)]
  const canChange = changes.some(({ field }) => patchable.has(field))
  const action = mode !== 'skip' && canChange ? 'update' : 'exists'
  return { node, row, action, changes, blockedBy: null }
}

/** The same checks as those of a create, so that a plan promises nothing it cannot keep. */
function whyNot({ input }: TemplateNode): Reason | null {
  const parsed = CreateWorkspace.safeParse(input)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return {
      code: 'invalid',
      detail: `${issue?.path.join('.')}: ${issue?.message}`,
      hint: 'Mend this key of the template.',
    }
  }
  try {
    checkCreate(parsed.data)
    return null
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    return { code: error.code, detail: error.message, hint: error.hint }
  }
}

const columns = {
  role: 'role',
  tier: 'tier',
  runtime: 'runtime',
  model: 'model',
  runtime_config: 'runtimeConfig',
  workspace_dir: 'workspaceDir',
  max_concurrent_tasks: 'maxConcurrentTasks',
  hibernation_idle_minutes: 'hibernationIdleMinutes',
} as const satisfies Record<string, keyof WorkspaceRow>

/** What a running workspace can be told anew; the rest needs a new one. */
const patchable = new Set<string>([
  'role',
  'tier',
  'runtime_config',
  'workspace_dir',
  'max_concurrent_tasks',
  'hibernation_idle_minutes',
  'schedules',
])

export const isPatchable = (field: string) => field !== 'schedules' && patchable.has(field)

/** Only fields that the file says: what people changed beside it is theirs. */
function changesOf({ input, owned }: TemplateNode, row: WorkspaceRow): PlannedNode['changes'] {
  return Object.entries(columns).flatMap(([field, column]) => {
    if (!owned.has(field)) return []
    const to = input[field as keyof CreateWorkspace]
    const from = row[column]
    return isWithin(to, from) ? [] : [{ field, from, to }]
  })
}

function scheduleChanges(
  node: TemplateNode,
  rows: ScheduleRow[],
  mode: Mode,
): PlannedNode['changes'] {
  const { missing, different, gone } = diffSchedules(node.schedules, rows)
  const leaves = mode === 'prune' ? gone : []
  if (missing.length + different.length + leaves.length === 0) return []
  const to: TemplateSchedule[] = [...different.map(({ wanted }) => wanted), ...missing]
  const from = [...different.map(({ row }) => row), ...leaves].map(scheduleToTemplate)
  return [{ field: 'schedules', from, to }]
}

/** Equal, or a part of an object whose other members are defaults. */
function isWithin(to: unknown, from: unknown): boolean {
  if (typeof to !== 'object' || to === null || Array.isArray(to))
    return JSON.stringify(to) === JSON.stringify(from)
  if (typeof from !== 'object' || from === null) return false
  return Object.entries(to).every(([key, value]) =>
    isWithin(value, (from as Record<string, unknown>)[key]),
  )
}

function noLongerIn(template: Template, live: WorkspaceRow[], steps: readonly Step[]) {
  const wanted = new Set(steps.flatMap(({ row }) => (row ? [row.id] : [])))
  const gone = live.filter((row) => row.template?.org === template.name && !wanted.has(row.id))
  const ids = new Set(gone.map(({ id }) => id))
  return gone.filter(({ parentId }) => parentId === null || !ids.has(parentId))
}

/** The plan as it is told. */
export function planToWire({ template, steps, prune, missingEnv }: Plan): OrgPlan {
  const peers = peerCounts(template.roots)
  const nodes: PlannedNode[] = [
    ...steps.map((step) => ({
      path: [...step.node.path],
      action: step.action,
      id: step.row?.id ?? null,
      runtime:
        step.row?.runtime ??
        (step.node.input.external ? 'external' : (step.node.input.runtime ?? 'command')),
      changes: step.changes,
      blocked_by: step.blockedBy,
      not_applied: Object.keys(step.node.kept),
      peers: peers.get(step.node) ?? 0,
    })),
    ...prune.map((row) => ({
      path: row.template?.path ?? [row.name],
      action: 'prune' as const,
      id: row.id,
      runtime: row.runtime,
      changes: [],
      blocked_by: null,
      not_applied: [],
      peers: 0,
    })),
  ]
  const count = (action: PlannedNode['action']) =>
    nodes.filter((node) => node.action === action).length
  return {
    org: template.name,
    nodes,
    counts: {
      create: count('create'),
      exists: count('exists'),
      update: count('update'),
      prune: count('prune'),
      blocked: count('blocked'),
    },
    required_env: template.requiredEnv,
    recommended_env: template.recommendedEnv,
    missing_env: missingEnv,
    warnings: [
      ...template.warnings,
      ...template.notApplied.map((key) => `${key} is kept, and has no effect yet`),
    ],
  }
}

/** Siblings, all above and all below: by whom a workspace can be asked, and whom it can ask. */
function peerCounts(roots: readonly TemplateNode[]): Map<TemplateNode, number> {
  const counts = new Map<TemplateNode, number>()
  const walk = (node: TemplateNode, siblings: number, above: number): number => {
    const below = node.children
      .map((child) => walk(child, node.children.length - 1, above + 1))
      .reduce((sum, each) => sum + each, 0)
    counts.set(node, siblings + above + below)
    return below + 1
  }
  for (const root of roots) walk(root, roots.length - 1, 0)
  return counts
}
