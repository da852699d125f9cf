import {
  type AdminDelegations,
  type DroppedTasks,
  delegationFilters,
  RecordDelegation,
  type RecordedDelegation,
  UpdateDelegation,
  type UpdatedDelegation,
} from '@molecule/contract/delegation'
import type { WorkspaceId } from '@molecule/contract/id'
import { Delegate, type DelegateResult, DelegateToPath, isTerminal } from '@molecule/contract/task'
import { Hono } from 'hono'
import { z } from 'zod'
import type { TaskRow } from '../db/tables.ts'
import { auditAlone } from '../domain/audit/audit.ts'
import { type Principal, scopeOf } from '../domain/identity/principal.ts'
import { ackResult } from '../domain/inbox/inbox-store.ts'
import {
  adminDelegationToWire,
  delegationStats,
  dropStale,
  ledgerOf,
} from '../domain/task/delegation-ledger.ts'
import { recordDelegation, updateDelegation } from '../domain/task/delegation-record.ts'
import { queueOf } from '../domain/task/queue-state.ts'
import { createTask } from '../domain/task/task-create.ts'
import { listDelegations, resultOf, taskById } from '../domain/task/task-store.ts'
import { delegationToWire } from '../domain/task/task-wire.ts'
import { guard } from './authenticate.ts'
import { type Asked, check, readLenientBody, readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { ownWorkspace } from './own-workspace.ts'
import { waitFor } from './wait.ts'

const USUAL_LIST = 50

const List = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(USUAL_LIST),
  /** The id of the last one of the page before. */
  before: z.uuid().optional(),
})
const Admin = z.object({
  status: z.enum(delegationFilters).default('in_flight'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
})
const Stale = z.object({
  max_age_minutes: z.coerce.number().int().min(1).default(60),
  workspace_id: z.uuid().optional(),
})

/** What workspaces ask each other, under `/workspaces/:id`, where `:id` is the caller. */
export const delegationRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .post('/:id/delegate', guard(services, 'POST /workspaces/:id/delegate'), async (c) => {
      const { caller, input } = await whoAsksWhom(services, c)
      const { task, replay, isReply } = await createTask(db, scopeOf(c.var.principal), {
        caller: { kind: 'workspace', id: caller },
        calleeId: input.target_id,
        text: input.task,
        idempotencyKey: input.idempotency_key,
        parentTaskId: input.parent_task_id,
        deadlineS: input.deadline_s,
        priority: input.priority,
        startWithinS: input.start_within_s,
      })
      if (isReply)
        return c.json({
          ...(await toResult(services, task, false)),
          target_id: input.target_id,
          answered: true,
        })
      const row = await ended(services, task, {
        seconds: input.wait_s ?? 0,
        signal: c.req.raw.signal,
      })
      if (input.wait_s && isTerminal(row.status) && !c.req.raw.signal.aborted)
        await ackResult(db, caller, row.id)
      return c.json(await toResult(services, row, replay), replay ? 200 : 202)
    })
    .get('/:id/delegations', guard(services, 'GET /workspaces/:id/delegations'), async (c) => {
      const caller = await ownWorkspace(services, c.var.principal, c.req.param('id'))
      const page = readQuery(c, List)
      return c.json((await listDelegations(db, caller, page)).map(delegationToWire))
    })
    .post(
      '/:id/delegations/record',
      guard(services, 'POST /workspaces/:id/delegations/record'),
      async (c) => {
        const caller = await ownWorkspace(services, c.var.principal, c.req.param('id'))
        const input = await readLenientBody(c, RecordDelegation)
        const { id } = await recordDelegation(db, scopeOf(c.var.principal), caller, input)
        const told: RecordedDelegation = { delegation_id: id, status: 'recorded' }
        return c.json(told, 202)
      },
    )
    .post(
      '/:id/delegations/:delegationId/update',
      guard(services, 'POST /workspaces/:id/delegations/:delegationId/update'),
      async (c) => {
        const caller = await ownWorkspace(services, c.var.principal, c.req.param('id'))
        const input = await readLenientBody(c, UpdateDelegation)
        const row = await updateDelegation(db, caller, c.req.param('delegationId'), input)
        const told: UpdatedDelegation = { delegation_id: row.id, status: row.status }
        return c.json(told)
      },
    )
}

type AskedToDelegate = Asked & { req: { param(name: 'id'): string }; var: { principal: Principal } }

/** The caller is in the path and whom it asks in the body; a body that names nobody, sent to another by an agent, is for that one. */
async function whoAsksWhom(services: Services, c: AskedToDelegate) {
  const { principal } = c.var
  const id = c.req.param('id')
  const body = await readLenientBody(c, DelegateToPath)
  if (principal.kind === 'workspace' && principal.workspaceId !== id && !body.target_id)
    return { caller: principal.workspaceId, input: { ...body, target_id: id } }
  const caller = await ownWorkspace(services, principal, id)
  return { caller, input: check(Delegate, body, 'the request body') }
}

/** The delegations of the whole org, under `/admin`. */
export const adminDelegationRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .get('/delegations', guard(services, 'GET /admin/delegations'), async (c) => {
      const { status, limit } = readQuery(c, Admin)
      const rows = await ledgerOf(db, scopeOf(c.var.principal), { filter: status, limit })
      const delegations = rows.map(adminDelegationToWire)
      const told: AdminDelegations = { delegations, count: delegations.length, status, limit }
      return c.json(told)
    })
    .get('/delegations/stats', guard(services, 'GET /admin/delegations/stats'), async (c) =>
      c.json(await delegationStats(db, scopeOf(c.var.principal))),
    )
    .post(
      '/a2a-queue/drop-stale',
      guard(services, 'POST /admin/a2a-queue/drop-stale'),
      async (c) => {
        const { max_age_minutes: maxAgeMinutes, workspace_id } = readQuery(c, Stale)
        const workspaceId = workspace_id as WorkspaceId | undefined
        await auditAlone(db, c.var.principal, {
          action: 'task.drop_stale',
          entity: 'task',
          entityId: workspace_id ?? 'all',
          after: { max_age_minutes: maxAgeMinutes },
        })
        const dropped = await dropStale(db, scopeOf(c.var.principal), {
          maxAgeMinutes,
          workspaceId,
        })
        return c.json({ dropped } satisfies DroppedTasks)
      },
    )
}

/** A caller that stays on the line waits for the same row as everybody; when its time is over the work goes on. */
function ended(
  services: Services,
  task: TaskRow,
  { seconds, signal }: { seconds: number; signal: AbortSignal },
): Promise<TaskRow> {
  return waitFor(services, {
    keys: [`task:${task.id}`],
    seconds,
    signal,
    look: async () => (await taskById(services.db, task.id)) ?? task,
    isEnough: (row) => isTerminal(row.status),
  })
}

async function toResult(
  { db }: Pick<Services, 'db'>,
  row: TaskRow,
  replay: boolean,
): Promise<DelegateResult> {
  const isOver = isTerminal(row.status)
  const result = isOver ? await resultOf(db, row.id) : null
  return {
    delegation_id: row.id,
    target_id: row.calleeId,
    ...(row.waitingFor === null ? {} : { waiting_for: row.waitingFor }),
    ...(isOver ? {} : { queue: await queueOf(db, row.calleeId) }),
    ...(result === null ? {} : { result }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(replay ? { idempotent_hit: true } : {}),
    status: replay || isOver ? row.status : 'delegated',
  }
}
