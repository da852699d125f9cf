import type { WorkspaceId } from '@molecule/contract/id'
import type { applyModes, OrgPlan, PlannedNode } from '@molecule/contract/org'
import { CreateWorkspace, type Reason } from '@molecule/contract/workspace'
import type { Queryable, ScheduleRow, WorkspaceRow } from '../../db/tables.ts'
import { latestHashes } from '../config/config-store.ts'
import { DomainError } from '../error.ts'
import type { OrgScope } from '../identity/principal.ts'
import { schedulesOfOrg } from '../schedule/schedule-store.ts'
import { EXTERNAL } from '../workspace/external.ts'
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
  action: 'create' | 'exists' | 'update' | 'replace' | 'blocked'
  changes: PlannedNode['changes']
  blockedBy: Reason | null
  /** Live ones that go with it when it is replaced, itself not among them. */
  removes: WorkspaceRow[]
  /** What its configuration would begin with, or have laid over it. */
  config: Pick<ResolvedConfig, 'files' | 'layers'>
  input: CreateWorkspace
}

export type Plan = {
  template: Template
  /** All that there is, before. */
  live: WorkspaceRow[]
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
  const steps = stepsOf(template.roots, await presentOf(db, scope, { template, live }), mode)
  return {
    template,
    live,
    steps,
    prunes: mode === 'prune',
    prune: mode === 'prune' ? noLongerIn(template, live, steps) : [],
    missingEnv: missingOf(template.requiredEnv, await secretNames(db, scope)),
  }
}

/** What there is, as the steps look it up. */
type Present = {
  live: readonly WorkspaceRow[]
  byPlace: ReadonlyMap<string, WorkspaceRow>
  schedules: ReadonlyMap<WorkspaceId, ScheduleRow[]>
  hashes: ReadonlyMap<string, ReadonlyMap<string, string>>
  templates: ReadonlyMap<string, TemplateVersion>
}

async function presentOf(
  db: Queryable,
  scope: OrgScope,
  { template, live }: { template: Template; live: WorkspaceRow[] },
): Promise<Present> {
  return {
    live,
    byPlace: new Map(live.map((row) => [placeKey(row.parentId, row.name), row])),
    schedules: Map.groupBy(await schedulesOfOrg(db, scope), (row) => row.workspaceId),
    hashes: await latestHashes(db, { orgId: scope.orgId, kind: 'workspace' }),
    templates: await templatesOf(db, scope, template.roots),
  }
}

/** Parents before their children. Below one that is new, or made anew, nothing is there yet. */
function stepsOf(roots: readonly TemplateNode[], present: Present, mode: Mode): Step[] {
  const steps: Step[] = []
  const walk = (nodes: readonly TemplateNode[], parentId: WorkspaceId | null, isNew: boolean) => {
    for (const node of nodes) {
      const row = isNew ? undefined : present.byPlace.get(placeKey(parentId, node.name))
      const step = stepFor(node, row, { present, mode })
      steps.push(step)
      walk(node.children, row?.id ?? null, row === undefined || step.action === 'replace')
    }
  }
  walk(roots, null, false)
  return steps
}

function stepFor(
  node: TemplateNode,
  row: WorkspaceRow | undefined,
  { present, mode }: { present: Present; mode: Mode },
): Step {
  const { live, templates } = present
  if (!row) return stepOf(node, { row, schedules: [], files: new Map(), templates }, mode)
  const files = present.hashes.get(row.id) ?? new Map<string, string>()
  const schedules = present.schedules.get(row.id) ?? []
  const step = stepOf(node, { row, schedules, files, templates }, mode)
  return step.action === 'replace' ? { ...step, removes: allBelow(live, row.id) } : step
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
    return { node, row, action: 'create', changes: [], blockedBy, removes: [], config, input }
  }
  const changes = [
    ...changesOf(input, row),
    ...scheduleChanges(node, schedules, mode),
    ...configChanges(config, found.files, mode),
  ]
  const action = actionFor(changes, mode)
  const blockedBy = action === 'replace' ? whyNot(input) : null
  if (blockedBy) return blocked(node, row, blockedBy)
  return { node, row, action, changes, blockedBy, removes: [], config, input }
}

function actionFor(changes: PlannedNode['changes'], mode: Mode): Step['action'] {
  if (mode === 'skip') return 'exists'
  if (mode === 'replace' && changes.some(({ field }) => !patchable.has(field))) return 'replace'
  return changes.some(({ field }) => patchable.has(field)) ? 'update' : 'exists'
}

function allBelow(live: readonly WorkspaceRow[], id: WorkspaceId): WorkspaceRow[] {
  const own = live.filter(({ parentId }) => parentId === id)
  return own.flatMap((row) => [row, ...allBelow(live, row.id)])
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

const runtimeWanted = ({ external, runtime }: CreateWorkspace) => (external ? EXTERNAL : runtime)

/** Only fields that the file says: what people changed beside it is theirs. */
function changesOf(input: CreateWorkspace, row: WorkspaceRow): PlannedNode['changes'] {
  return Object.entries(columns).flatMap(([field, column]) => {
    const to = field === 'runtime' ? runtimeWanted(input) : input[field as keyof CreateWorkspace]
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
  removes: [],
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
