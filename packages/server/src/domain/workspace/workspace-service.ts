import { randomUUID } from 'node:crypto'
import type { WorkspaceId } from '@molecule/contract/id'
import type { RestartWorkspace } from '@molecule/contract/lifecycle'
import type { CreateWorkspace } from '@molecule/contract/workspace'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { overlay } from '../config/config-files.ts'
import { currentConfig, keepVersion } from '../config/config-service.ts'
import { beginConfig, filledFrom } from '../config/initial-config.ts'
import { DomainError } from '../error.ts'
import { recordWorkspace } from '../event/record.ts'
import { actorOf, type Principal, scopeOf } from '../identity/principal.ts'
import { checkModel, defaultModel, runtimeNamed } from '../runtime/runtime.ts'
import { newestTemplate } from '../workspace-template/workspace-template-store.ts'
import { type Delivery, deliveryAsked, EXTERNAL, isExternal } from './external.ts'
import { lockLive } from './lock-live.ts'
import { checkRuntimeConfig } from './runtime-config.ts'
import { auditWorkspace, workspaceFields } from './workspace-audit.ts'
import { checkDirectory, checkPlace, takeName } from './workspace-place.ts'
import { insertWorkspace } from './workspace-store.ts'
import { wishRunning } from './workspace-wish.ts'

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

/** All that can be said of a request to create without looking at what there is. */
export function checkCreate(input: CreateWorkspace) {
  const delivery = deliveryAsked(input)
  const runtime = runtimeNamed(delivery ? EXTERNAL : (input.runtime ?? 'command'))
  const runtimeConfig = checkRuntimeConfig(runtime.id, input.runtime_config)
  if (input.model) checkModel(runtime, input.model)
  checkDirectory(input.workspace_dir)
  return { delivery, runtime, runtimeConfig }
}

/** The row with its first configuration, not yet announced: what belongs to it is written first. */
export async function placeWorkspace(
  tx: Tx,
  principal: Principal,
  { template, ...input }: CreateWorkspace,
): Promise<WorkspaceRow> {
  await lockRow(tx, 'orgs', principal.orgId)
  if (template === undefined) return placeRow(tx, principal, input, null)
  const { files, version } = await templateNamed(tx, principal, template)
  const row = await placeRow(tx, principal, filledFrom(files, input), template)
  const note = `template ${template}, version ${version}`
  await beginConfig(tx, principal, row, { files, note })
  return row
}

async function templateNamed(tx: Tx, principal: Principal, id: string) {
  const found = await newestTemplate(tx, scopeOf(principal), id)
  if (found) return found
  throw new DomainError('invalid', `there is no template "${id}"`, {
    hint: 'See which there are: GET /templates, or molecule template list.',
    fields: [{ path: 'template', message: `there is no template "${id}"` }],
  })
}

async function placeRow(
  tx: Tx,
  principal: Principal,
  input: CreateWorkspace,
  configTemplate: string | null,
): Promise<WorkspaceRow> {
  const scope = scopeOf(principal)
  const { delivery, runtime, runtimeConfig } = checkCreate(input)
  const parentId = (input.parent_id ?? null) as WorkspaceId | null
  const parent = await checkPlace(tx, scope, { parentId })
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
    configTemplate,
    ...(delivery ? awaitsAgent(delivery) : { ...toStart, provisionStartedAt: now }),
    ...wishBelow(parent),
    generation: 1,
    restartGeneration: 1,
    configGeneration: 1,
    incarnation: 0,
    startFailures: 0,
    maxConcurrentTasks: input.max_concurrent_tasks ?? 1,
    hibernationIdleMinutes: input.hibernation_idle_minutes ?? null,
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
  await recordWorkspace(tx, event, row, {
    actor: actorOf(principal),
    payload: { name: row.name, tier: row.tier, runtime: row.runtime },
  })
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

/** Below a paused workspace nothing runs: a new one waits there for the same resume. */
const wishBelow = (parent: WorkspaceRow | undefined) =>
  parent?.desiredState === 'paused'
    ? ({
        desiredState: 'paused',
        observedGeneration: 0,
        pausedBy: parent.pausedBy ?? parent.id,
        pausedFrom: 'running',
      } as const)
    : ({ desiredState: 'running' } as const)

/**
 * A fresh start, whatever the state: raises the generation that demands one and forgets earlier failures. An agent that runs
 * elsewhere is not ours to start: nothing changes.
 */
export async function restartWorkspace(
  db: Db,
  principal: Principal,
  id: string,
  options: RestartWorkspace = {},
): Promise<WorkspaceRow> {
  return transact(db, async (tx) => {
    const row = await lockLive(tx, principal, id)
    refuseOptions(row, options)
    if (row.desiredState !== 'running')
      throw new DomainError('not_allowed_now', `workspace ${row.name} is ${row.desiredState}`, {
        hint:
          row.desiredState === 'paused' ? 'Resume it first.' : 'Wake it; that starts it afresh.',
      })
    if (isExternal(row)) return row
    if (options.apply_template) await layTemplate(tx, principal, row)
    const resetSession = options.reset_session === true
    const changed = await wishRunning(tx, row.id, { resetSession })
    await auditWorkspace(tx, principal, row, {
      verb: 'restart',
      before: { generation: row.generation },
      after: {
        generation: changed.generation,
        ...(resetSession ? { reset_session: true } : {}),
      },
    })
    await recordWorkspace(tx, 'WORKSPACE_UPDATED', changed, { actor: actorOf(principal) })
    return changed
  })
}

/** The files of its template over those it has, as the template is now. */
async function layTemplate(tx: Tx, principal: Principal, row: WorkspaceRow): Promise<void> {
  const { files, version } = await templateNamed(tx, principal, row.configTemplate ?? '')
  const { version: before, stored: present } = await currentConfig(tx, row)
  const next = overlay(present, files)
  if (JSON.stringify([...next]) === JSON.stringify([...present])) return
  const note = `template ${row.configTemplate}, version ${version}`
  await keepVersion(tx, principal, { row, files: next, before, present, note })
}

/** An option that would do nothing is refused: whoever gave it counts on it. */
function refuseOptions(row: WorkspaceRow, options: RestartWorkspace): void {
  const keepsSession = runtimeNamed(row.runtime).capabilities.session
  const reasons = {
    reset_session: keepsSession
      ? undefined
      : `the runtime "${row.runtime}" keeps no session between tasks, so there is none to reset`,
    apply_template: row.configTemplate
      ? undefined
      : `workspace ${row.name} was not made from a template`,
  }
  for (const [path, message] of Object.entries(reasons)) {
    if (message === undefined || options[path as keyof typeof reasons] !== true) continue
    throw new DomainError('invalid', message, {
      hint: `Restart it without ${path}.`,
      fields: [{ path, message }],
    })
  }
}
