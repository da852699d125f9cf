import type { WorkspaceId } from '@molecule/contract/id'
import type { applyModes, OrgPlan, PlannedNode } from '@molecule/contract/org'
import { CreateWorkspace, type Reason } from '@molecule/contract/workspace'
import type { Queryable, ScheduleRow, WorkspaceRow } from '../../db/tables.ts'
import { latestHashes } from '../config/config-store.ts'
import { DomainError } from '../error.ts'
import type { OrgScope } from '../identity/principal.ts'
import { schedulesOfOrg } from '../schedule/schedule-store.ts'
import { checkCreate } from '../workspace/workspace-service.ts'
import { wantedWorkspaces } from '../workspace/workspace-store.ts'
import {
  newestTemplate,
  type TemplateVersion,
} from '../workspace-template/workspace-template-store.ts'
import type { Template, TemplateNode } from './load-template.ts'
import { differingPaths, type ResolvedConfig, resolveConfig } from './node-config.ts'
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
  /** What its configuration would begin with, or have laid over it. */
  config: Pick<ResolvedConfig, 'files' | 'layers'>
  input: CreateWorkspace
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
  const hashes = await latestHashes(db, { orgId: scope.orgId, kind: 'workspace' })
  const templates = await templatesOf(db, scope, template.roots)
  const byPlace = new Map(live.map((row) => [placeKey(row.parentId, row.name), row]))
  const steps: Step[] = []
  const walk = (
    nodes: readonly TemplateNode[],
    parent: { row: WorkspaceRow | undefined } | null,
  ) => {
    for (const node of nodes) {
      const isNew = parent !== null && parent.row === undefined
      const row = isNew ? undefined : byPlace.get(placeKey(parent?.row?.id ?? null, node.name))
      const found = { row, schedules: schedules.get(row?.id ?? none) ?? [] }
      const files = hashes.get(row?.id ?? none) ?? new Map<string, string>()
      steps.push(stepOf(node, { ...found, files, templates }, mode))
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

const none = '' as WorkspaceId

type Found = {
  row: WorkspaceRow | undefined
  schedules: ScheduleRow[]
  /** The hash of each file of its configuration. */
  files: ReadonlyMap<string, string>
  templates: ReadonlyMap<string, TemplateVersion>
}

function stepOf(node: TemplateNode, found: Found, mode: Mode): Step {
  const { row, schedules } = found
  const resolved = resolveConfig(node.config, node.input, found.templates)
  if ('code' in resolved) return blocked(node, row, resolved)
  const { input, ...config } = resolved
  if (!row) {
    const blockedBy = whyNot(input)
    if (blockedBy) return blocked(node, row, blockedBy)
    return { node, row, action: 'create', changes: [], blockedBy, config, input }
  }
  const changes = [
    ...changesOf(input, row),
    ...scheduleChanges(node, schedules, mode),
    ...configChanges(config, found.files, mode),
  ]
  const canChange = changes.some(({ field }) => patchable.has(field))
  const action = mode !== 'skip' && canChange ? 'update' : 'exists'
  return { node, row, action, changes, blockedBy: null, config, input }
}

/** The same checks as those of a create, so that a plan promises nothing it cannot keep. */
function whyNot(input: CreateWorkspace): Reason | null {
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
  'model',
  'schedules',
  'config',
])

export const isPatchable = (field: string) =>
  field !== 'schedules' && field !== 'config' && patchable.has(field)

/** Only fields that the file says: what people changed beside it is theirs. */
function changesOf(input: CreateWorkspace, row: WorkspaceRow): PlannedNode['changes'] {
  return Object.entries(columns).flatMap(([field, column]) => {
    const to = input[field as keyof CreateWorkspace]
    if (to === undefined) return []
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

function configChanges(
  { files, layers }: Step['config'],
  present: ReadonlyMap<string, string>,
  mode: Mode,
): PlannedNode['changes'] {
  const paths = differingPaths(files, present, { whole: mode === 'prune' })
  if (paths.length === 0) return []
  return [{ field: 'config', from: paths.filter((path) => present.has(path)), to: layers }]
}

const blocked = (node: TemplateNode, row: WorkspaceRow | undefined, blockedBy: Reason): Step => ({
  node,
  row,
  action: 'blocked',
  changes: [],
  blockedBy,
  config: { files: new Map(), layers: [] },
  input: node.input,
})

/** The workspace templates that are named, each read once. */
async function templatesOf(db: Queryable, scope: OrgScope, roots: readonly TemplateNode[]) {
  const ids = new Set<string>()
  const walk = (node: TemplateNode) => {
    if (node.config.template !== undefined) ids.add(node.config.template)
    node.children.forEach(walk)
  }
  roots.forEach(walk)
  const found = new Map<string, TemplateVersion>()
  for (const id of ids) {
    const newest = await newestTemplate(db, scope, id)
    if (newest) found.set(id, newest)
  }
  return found
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

/** Keys of the file that are in the configuration, where what runs reads them. */
const applied = new Set(['template', 'files_dir', 'system_prompt', 'category_routing'])

/** The plan as it is told. */
export function planToWire({ template, steps, prune, missingEnv }: Plan): OrgPlan {
  const peers = peerCounts(template.roots)
  const nodes: PlannedNode[] = [
    ...steps.map((step) => ({
      path: [...step.node.path],
      action: step.action,
      id: step.row?.id ?? null,
      runtime:
        step.row?.runtime ?? (step.input.external ? 'external' : (step.input.runtime ?? 'command')),
      changes: step.changes,
      blocked_by: step.blockedBy,
      config: { layers: step.config.layers, files: [...step.config.files.keys()] },
      not_applied: Object.keys(step.node.kept).filter((key) => !applied.has(key)),
      peers: peers.get(step.node) ?? 0,
    })),
    ...prune.map((row) => ({
      path: row.template?.path ?? [row.name],
      action: 'prune' as const,
      id: row.id,
      runtime: row.runtime,
      changes: [],
      blocked_by: null,
      config: { layers: [], files: [] },
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
