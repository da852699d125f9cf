import type { WorkspaceId } from '@molecule/contract/id'
import type { OrgPlan, PlannedNode } from '@molecule/contract/org'
import type { WorkspaceRow } from '../../db/tables.ts'
import { EXTERNAL } from '../workspace/external.ts'
import type { TemplateNode } from './load-template.ts'
import { accessChanges, type Placed } from './plan-access.ts'
import type { Plan, Step } from './plan-org.ts'

/** Keys of the file that are in the configuration, where what runs reads them. */
const applied = new Set([
  'template',
  'files_dir',
  'system_prompt',
  'category_routing',
  'initial_prompt',
  'initial_prompt_file',
  'idle_prompt',
  'idle_prompt_file',
  'idle_interval_seconds',
])

/** The plan as it is told. `backend` is where a workspace that does not say otherwise would run. */
export function planToWire(plan: Plan, backend: string | undefined): OrgPlan {
  const { template, steps, prune, missingEnv } = plan
  const peers = peerCounts(template.roots)
  const nodes = [...steps.map((step) => toldStep(step, peers)), ...prune.map(toldPrune)]
  const count = (action: PlannedNode['action']) =>
    nodes.filter((node) => node.action === action).length
  const machines = machinesOf(steps, backend)
  return {
    org: template.name,
    nodes,
    counts: {
      create: count('create'),
      exists: count('exists'),
      update: count('update'),
      replace: count('replace'),
      prune: count('prune'),
      blocked: count('blocked'),
    },
    access: accessOf(plan),
    machines,
    required_env: template.requiredEnv,
    recommended_env: template.recommendedEnv,
    missing_env: missingEnv,
    warnings: [
      ...template.warnings,
      ...machines.flatMap((one) => (one.backend === NONE ? [nowhere(one.workspaces)] : [])),
      ...template.notApplied.map((key) => `${key} is kept, and has no effect yet`),
    ],
  }
}

const toldStep = (step: Step, peers: ReadonlyMap<TemplateNode, number>): PlannedNode => ({
  path: [...step.node.path],
  action: step.action,
  id: step.row?.id ?? null,
  runtime: runtimeOf(step),
  changes: step.changes,
  blocked_by: step.blockedBy,
  config: { layers: step.config.layers, files: [...step.config.files.keys()] },
  removes: step.removes.map(({ name }) => name),
  not_applied: Object.keys(step.node.kept).filter((key) => !applied.has(key)),
  peers: peers.get(step.node) ?? 0,
})

const runtimeOf = ({ action, row, input }: Step) =>
  action === 'replace' || !row
    ? input.external
      ? EXTERNAL
      : (input.runtime ?? 'command')
    : row.runtime

const toldPrune = (row: WorkspaceRow): PlannedNode => ({
  path: row.template?.path ?? [row.name],
  action: 'prune' as const,
  id: row.id,
  runtime: row.runtime,
  changes: [],
  blocked_by: null,
  config: { layers: [], files: [] },
  removes: [],
  not_applied: [],
  peers: 0,
})

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

function accessOf({ live, steps, prune }: Plan): OrgPlan['access'] {
  const before = placesOf(live)
  const going = new Set<string>(
    [...prune, ...steps.filter(isReplaced).flatMap(({ row }) => (row ? [row] : []))].map(
      ({ id }) => id,
    ),
  )
  const stays = staying(live, going)
  const kept = before.filter(({ key }) => stays.has(key as WorkspaceId))
  return accessChanges(before, [...kept, ...made(steps)])
}

const isReplaced = ({ action }: Step) => action === 'replace'
const isMade = ({ action }: Step) => action === 'create' || action === 'replace'

/** With the names of all above each. */
function placesOf(live: readonly WorkspaceRow[]): Placed[] {
  const byId = new Map(live.map((row) => [row.id, row]))
  const pathOf = (row: WorkspaceRow): string[] => {
    const parent = row.parentId === null ? undefined : byId.get(row.parentId)
    return [...(parent ? pathOf(parent) : []), row.name]
  }
  return live.map((row) => ({ key: row.id, parent: row.parentId, path: pathOf(row) }))
}

/** Those that neither go nor stand below one that goes. */
function staying(live: readonly WorkspaceRow[], going: ReadonlySet<string>): Set<WorkspaceId> {
  const below = Map.groupBy(live, ({ parentId }) => parentId)
  const stays = new Set<WorkspaceId>()
  const walk = (parent: WorkspaceId | null) => {
    for (const { id } of below.get(parent) ?? []) {
      if (going.has(id)) continue
      stays.add(id)
      walk(id)
    }
  }
  walk(null)
  return stays
}

const keyOf = (path: readonly string[]) => JSON.stringify(path)

/** What is new, below what is there or is new too. */
function made(steps: readonly Step[]): Placed[] {
  const keys = new Map(
    steps.map((step) => [
      keyOf(step.node.path),
      isMade(step) || !step.row ? keyOf(step.node.path) : step.row.id,
    ]),
  )
  return steps.filter(isMade).map(({ node }) => ({
    key: keyOf(node.path),
    parent: node.path.length === 1 ? null : (keys.get(keyOf(node.path.slice(0, -1))) ?? null),
    path: node.path,
  }))
}

const NONE = 'none'
const nowhere = (workspaces: number) =>
  `no backend is enabled, so ${workspaces} workspaces would not start; see MOLECULE_BACKENDS`

/** How many workspaces each backend has to start. */
function machinesOf(steps: readonly Step[], backend: string | undefined): OrgPlan['machines'] {
  const ours = steps.filter((step) => isMade(step) && !step.input.external).length
  const others = steps.filter((step) => isMade(step) && step.input.external).length
  return [
    ...(ours > 0 ? [{ backend: backend ?? NONE, workspaces: ours }] : []),
    ...(others > 0 ? [{ backend: EXTERNAL, workspaces: others }] : []),
  ]
}
