import type { WorkspaceId } from '@molecule/contract/id'
import type { AppliedWorkspace, applyModes, OrgApplied } from '@molecule/contract/org'
import type { PatchWorkspace } from '@molecule/contract/workspace'
import { lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { audit } from '../audit/audit.ts'
import { overlay } from '../config/config-files.ts'
import { workspaceOwner } from '../config/config-owner.ts'
import { keepVersion } from '../config/config-service.ts'
import { filesOf, latestVersion } from '../config/config-store.ts'
import { beginConfig } from '../config/initial-config.ts'
import { DomainError } from '../error.ts'
import { type Principal, scopeOf } from '../identity/principal.ts'
import { patchWorkspaceIn } from '../workspace/workspace-patch.ts'
import { removeWorkspaceIn } from '../workspace/workspace-remove.ts'
import { createWorkspaceIn } from '../workspace/workspace-service.ts'
import type { Template } from './load-template.ts'
import { isPatchable, type Plan, planOrg, type Step } from './plan-org.ts'
import { planToWire } from './plan-wire.ts'
import { applySchedules } from './template-schedules.ts'

type How = { mode: (typeof applyModes)[number]; force: boolean; confirm: boolean }

/**
 * Makes an organization what its template says, in one transaction: all of it or nothing, and of two at once the second finds what the
 * first has made. The workspaces start one after the other, as every new one does.
 */
export function applyOrg(
  db: Db,
  principal: Principal,
  {
    template,
    backend,
    mode,
    force,
    confirm,
  }: How & { template: Template; backend?: string | undefined },
): Promise<OrgApplied> {
  return transact(db, async (tx) => {
    await lockRow(tx, 'orgs', principal.orgId)
    const plan = await planOrg(tx, scopeOf(principal), { template, mode })
    refuse(plan, { mode, force, confirm })
    const ids = new Map<string, WorkspaceId>()
    const workspaces: AppliedWorkspace[] = []
    for (const step of plan.steps) workspaces.push(await take(tx, principal, { plan, step, ids }))
    const pruned: WorkspaceId[] = []
    for (const { id } of plan.prune) {
      const { cascade_deleted } = await removeWorkspaceIn(tx, principal, id, { confirm: true })
      pruned.push(id, ...(cascade_deleted as WorkspaceId[]))
    }
    const count = workspaces.filter(({ skipped }) => !skipped).length
    const told = planToWire(plan, backend)
    await audit(tx, principal, {
      action: 'org.apply',
      entity: 'org',
      entityId: template.name,
      after: { mode, forced: force && plan.missingEnv.length > 0, ...told.counts },
    })
    return { org: template.name, workspaces, count, pruned, plan: told }
  })
}

function refuse(plan: Plan, { force, confirm }: How): void {
  const blocked = plan.steps.filter(({ action }) => action === 'blocked')
  if (blocked.length > 0)
    throw new DomainError('not_allowed_now', `${blocked.length} workspaces cannot be made`, {
      hint: 'Mend what the plan names; nothing was changed.',
      fields: blocked.slice(0, 50).map(({ node, blockedBy }) => ({
        path: node.path.join('/'),
        message: blockedBy?.detail ?? '',
      })),
    })
  if (plan.missingEnv.length > 0 && !force)
    throw new DomainError('not_allowed_now', 'variables that the template requires are missing', {
      hint: 'Store them as secrets of the org (molecule secret set), or apply with force.',
      extra: { missing_env: plan.missingEnv, required_env: plan.template.requiredEnv },
    })
  const going = goingOf(plan)
  if (going.length > 0 && !confirm)
    throw new DomainError('confirmation_required', `${going.length} would be removed`, {
      hint: 'Look at the plan, then repeat with "confirm": true.',
      extra: { prune: going.map(({ id, name }) => ({ id, name })) },
    })
}

const goingOf = ({ prune, steps }: Plan): WorkspaceRow[] => [
  ...prune,
  ...steps.flatMap(({ action, row, removes }) =>
    action === 'replace' && row ? [row, ...removes] : [],
  ),
]

type Taking = { plan: Plan; step: Step; ids: Map<string, WorkspaceId> }

const keyOf = (path: readonly string[]) => JSON.stringify(path)

async function take(
  tx: Tx,
  principal: Principal,
  { plan, step, ids }: Taking,
): Promise<AppliedWorkspace> {
  const { node, row: found } = step
  const parent = ids.get(keyOf(node.path.slice(0, -1)))
  const replaced = step.action === 'replace' ? found : undefined
  if (replaced) await removeWorkspaceIn(tx, principal, replaced.id, { confirm: true })
  const stays = replaced ? undefined : found
  const row = stays ?? (await make(tx, principal, { plan, step, parent }))
  ids.set(keyOf(node.path), row.id)
  if (step.action === 'update') await bringUpToDate(tx, principal, { plan, step, row })
  if (step.action !== 'exists')
    await applySchedules(tx, principal, { row, wanted: node.schedules, prune: plan.prunes })
  const template = { org: plan.template.name, path: [...node.path], kept: node.kept }
  if (JSON.stringify(row.template) !== JSON.stringify(template))
    await tx.updateTable('workspaces').set({ template }).where('id', '=', row.id).execute()
  const { id, name, tier } = row
  return {
    ...{ id, name, tier },
    ...(stays ? { skipped: true } : {}),
    ...(replaced ? { replaced: replaced.id } : {}),
  }
}

async function make(
  tx: Tx,
  principal: Principal,
  { plan, step, parent }: { plan: Plan; step: Step; parent: WorkspaceId | undefined },
): Promise<WorkspaceRow> {
  const { config, input, node } = step
  const below = parent ? { parent_id: parent } : {}
  const row = await createWorkspaceIn(tx, principal, { ...input, ...below })
  if (config.files.size === 0) return row
  await beginConfig(tx, principal, row, { files: config.files, note: noteOf(plan) })
  if (node.config.template === undefined) return row
  return tx
    .updateTable('workspaces')
    .set({ configTemplate: node.config.template })
    .where('id', '=', row.id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

const noteOf = ({ template }: Plan) => `organization ${template.name}`

async function bringUpToDate(
  tx: Tx,
  principal: Principal,
  { plan, step, row }: { plan: Plan; step: Step; row: WorkspaceRow },
): Promise<void> {
  const patched = await patchWorkspaceIn(tx, principal, row.id, patchOf(step))
  if (!step.changes.some(({ field }) => field === 'config')) return
  const owner = workspaceOwner(row)
  const before = (await latestVersion(tx, owner))?.version ?? 0
  const present = await filesOf(tx, owner, before)
  const files = overlay(plan.prunes ? new Map() : present, step.config.files)
  await keepVersion(tx, principal, { row: patched, files, before, present, note: noteOf(plan) })
}

const patchOf = ({ changes }: Step): PatchWorkspace =>
  Object.fromEntries(
    changes.filter(({ field }) => isPatchable(field)).map(({ field, to }) => [field, to]),
  ) as PatchWorkspace
