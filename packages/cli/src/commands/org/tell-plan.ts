import type { EnvRequirement, OrgPlan, PlannedNode } from '@molecule/contract/org'
import type { Cli } from '../../cli.ts'
import type { Column } from '../../output/table.ts'

/** The plan, parents before their children, and below it what stands in its way. */
export function tellPlan({ out }: Cli, plan: OrgPlan, nodes: readonly PlannedNode[] = plan.nodes) {
  if (nodes.length > 0) out.table(nodes, columns)
  for (const line of consequencesOf(plan)) out.note(line)
  for (const warning of plan.warnings) out.note(`Warning: ${warning}`)
  if (plan.missing_env.length > 0)
    out.note(`Missing, and required: ${plan.missing_env.map(requirementText).join(', ')}`)
}

/** What it takes, and who may talk to whom by it. */
function consequencesOf({ machines, access }: OrgPlan): string[] {
  const starts = machines.map(({ backend, workspaces }) => `${workspaces} on ${backend}`)
  const { gained_count: gained, lost_count: lost } = access
  return [
    ...(starts.length > 0 ? [`To start: ${starts.join(', ')}.`] : []),
    ...(gained + lost > 0
      ? [`Who may talk to whom: ${gained} pairs gained, ${lost} lost (all of them with --json).`]
      : []),
  ]
}

export const requirementText = (one: EnvRequirement) =>
  typeof one === 'string' ? one : one.any_of.join(' or ')

export function countsText({ counts }: OrgPlan): string {
  const words = {
    create: 'to create',
    update: 'to update',
    replace: 'to make anew',
    prune: 'to remove',
    blocked: 'blocked',
    exists: 'there already',
  } as const
  return Object.entries(words)
    .map(([key, word]) => [counts[key as keyof typeof counts], word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')
}

const columns: Column<PlannedNode>[] = [
  { title: 'ACTION', cell: ({ action }) => action, tone: 'status' },
  { title: 'WORKSPACE', cell: ({ path }) => path.join(' / '), canShrink: true },
  { title: 'RUNTIME', cell: ({ runtime }) => runtime },
  { title: 'PEERS', cell: ({ peers }) => peers, align: 'right', dropRank: 1 },
  { title: 'WHAT', cell: whatOf, canShrink: true },
]

function whatOf({ action, changes, blocked_by, config, not_applied }: PlannedNode): string {
  const parts = [
    ...(blocked_by ? [blocked_by.detail] : []),
    ...changes.map(({ field, from, to }) => `${field}: ${valueText(from)} → ${valueText(to)}`),
    ...(action === 'create' && config.layers.length > 0
      ? [`config: ${config.layers.join(' < ')}`]
      : []),
    ...(not_applied.length > 0 ? [`not applied yet: ${not_applied.join(', ')}`] : []),
  ]
  return parts.join('; ')
}

const valueText = (value: unknown) =>
  typeof value === 'string' ? value || '""' : JSON.stringify(value)
