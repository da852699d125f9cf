import {
  CreateSchedule,
  PatchSchedule,
  type Schedule,
  type ScheduleFired,
  type ScheduleHealth,
  type ScheduleRun,
} from '@molecule/contract/schedule'
import { Hono } from 'hono'
import { DomainError, notFound } from '../domain/error.ts'
import { type Principal, scopeOf } from '../domain/identity/principal.ts'
import { runNow } from '../domain/schedule/schedule-fire.ts'
import {
  createSchedule,
  deleteSchedule,
  patchSchedule,
  type ScheduleKey,
} from '../domain/schedule/schedule-service.ts'
import {
  runsOf,
  scheduleById,
  schedulesOf,
  schedulesOfOrg,
} from '../domain/schedule/schedule-store.ts'
import {
  healthToWire,
  runToWire,
  schedulesToWire,
  scheduleToWire,
} from '../domain/schedule/schedule-wire.ts'
import { mayTalk } from '../domain/workspace/may-talk.ts'
import { findWorkspace } from '../domain/workspace/workspace-store.ts'
import { guard } from './authenticate.ts'
import { readBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { ownWorkspace } from './own-workspace.ts'

const HISTORY = 20

/** In whose name, and which. */
const keyOf = async (
  services: Services,
  principal: Principal,
  { id, schedule }: { id: string; schedule: string },
): Promise<ScheduleKey> => ({
  workspaceId: await ownWorkspace(services, principal, id),
  id: schedule,
})

/** Work by the clock, under `/workspaces/:id/schedules`. */
export const scheduleRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .get('/:id/schedules', guard(services, 'GET /workspaces/:id/schedules'), async (c) => {
      const id = await ownWorkspace(services, c.var.principal, c.req.param('id'))
      const rows = await schedulesOf(db, id)
      return c.json((await schedulesToWire(db, rows)) satisfies Schedule[])
    })
    .post('/:id/schedules', guard(services, 'POST /workspaces/:id/schedules'), async (c) => {
      const id = await ownWorkspace(services, c.var.principal, c.req.param('id'))
      const input = await readBody(c, CreateSchedule)
      const row = await createSchedule(db, c.var.principal, id, input)
      return c.json(scheduleToWire(row, row.createdAt) satisfies Schedule, 201)
    })
    .get(
      '/:id/schedules/health',
      guard(services, 'GET /workspaces/:id/schedules/health'),
      async (c) => {
        const { principal } = c.var
        const workspace = await findWorkspace(db, scopeOf(principal), c.req.param('id'))
        if (!workspace || workspace.desiredState === 'removed')
          throw notFound('workspace', c.req.param('id'))
        if (
          principal.kind === 'workspace' &&
          !(await mayTalk(db, principal.workspaceId, workspace.id))
        )
          throw new DomainError('forbidden', `this workspace may not talk to ${workspace.name}`, {
            hint: 'Workspaces see their siblings, those above and those below them.',
          })
        const rows = await schedulesOf(db, workspace.id)
        return c.json((await healthToWire(db, rows)) satisfies ScheduleHealth[])
      },
    )
}

/** Each of them, under the same path. */
export const oneScheduleRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .patch(
      '/:id/schedules/:schedule',
      guard(services, 'PATCH /workspaces/:id/schedules/:schedule'),
      async (c) => {
        const key = await keyOf(services, c.var.principal, c.req.param())
        const input = await readBody(c, PatchSchedule)
        const row = await patchSchedule(db, c.var.principal, key, input)
        return c.json(scheduleToWire(row, row.updatedAt) satisfies Schedule)
      },
    )
    .delete(
      '/:id/schedules/:schedule',
      guard(services, 'DELETE /workspaces/:id/schedules/:schedule'),
      async (c) => {
        await deleteSchedule(
          db,
          c.var.principal,
          await keyOf(services, c.var.principal, c.req.param()),
        )
        return c.body(null, 204)
      },
    )
    .post(
      '/:id/schedules/:schedule/run',
      guard(services, 'POST /workspaces/:id/schedules/:schedule/run'),
      async (c) => {
        const task_id = await runNow(
          db,
          c.var.principal,
          await keyOf(services, c.var.principal, c.req.param()),
        )
        return c.json({ task_id } satisfies ScheduleFired, 202)
      },
    )
    .get(
      '/:id/schedules/:schedule/history',
      guard(services, 'GET /workspaces/:id/schedules/:schedule/history'),
      async (c) => {
        const { workspaceId, id } = await keyOf(services, c.var.principal, c.req.param())
        const row = await scheduleById(db, id)
        if (row?.workspaceId !== workspaceId) throw notFound('schedule', id)
        const runs = await runsOf(db, row.id, HISTORY)
        return c.json(runs.map(runToWire) satisfies ScheduleRun[])
      },
    )
}

/** All schedules of the org, under `/admin/schedules`. */
export const scheduleHealthRoutes = (services: Services) =>
  new Hono<AppEnv>().get('/health', guard(services, 'GET /admin/schedules/health'), async (c) => {
    const { db } = services
    const rows = await schedulesOfOrg(db, scopeOf(c.var.principal))
    return c.json((await healthToWire(db, rows)) satisfies ScheduleHealth[])
  })
