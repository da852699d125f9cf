import {
  type Activity,
  activityTypes,
  type LoggedActivity,
  type NothingSaid,
  type Notified,
  Notify,
  NotifyOfType,
  ReportActivity,
} from '@molecule/contract/activity'
import type { WorkspaceId } from '@molecule/contract/id'
import { Hono } from 'hono'
import { z } from 'zod'
import { activityKey } from '../domain/activity/activity-log.ts'
import {
  type ActivityFilter,
  findActivity,
  listActivity,
  positionOf,
  searchActivity,
} from '../domain/activity/activity-store.ts'
import { activityToWire } from '../domain/activity/activity-wire.ts'
import { notifyPeople, reportActivity } from '../domain/activity/report-activity.ts'
import { notFound } from '../domain/error.ts'
import { scopeOf } from '../domain/identity/principal.ts'
import { listWorkspaces } from '../domain/workspace/workspace-store.ts'
import { guard } from './authenticate.ts'
import { check, readLenientBody, readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { ownWorkspace } from './own-workspace.ts'
import { MAX_WAIT_S, waitFor } from './wait.ts'

const MOST = 500
const USUAL = 100
const MONTH_S = 30 * 24 * 3600

const Query = z.object({
  type: z.enum(activityTypes).optional(),
  source: z.enum(['canvas', 'agent']).optional(),
  method: z.string().max(200).optional(),
  peer_id: z.uuid().optional(),
  limit: z.coerce.number().int().min(1).max(MOST).default(USUAL),
  since_id: z.uuid().optional(),
  before_id: z.uuid().optional(),
  since_secs: z.coerce
    .number()
    .int()
    .min(1)
    .transform((seconds) => Math.min(seconds, MONTH_S))
    .optional(),
  before_ts: z.iso.datetime({ offset: true }).optional(),
  include: z.string().max(100).optional(),
  wait: z.coerce.number().min(0).max(MAX_WAIT_S).default(0),
})
const Search = z.object({
  q: z.string().trim().min(1).max(500),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/** The log of a workspace, under `/workspaces/:id`. */
export const activityRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .get('/:id/activity', guard(services, 'GET /workspaces/:id/activity'), async (c) => {
      const id = await ownWorkspace(services, c.var.principal, c.req.param('id'))
      const query = readQuery(c, Query)
      const filter = await filterOf(services, id, query)
      const rows = await waitFor(services, {
        keys: [activityKey(id)],
        seconds: query.wait,
        signal: c.req.raw.signal,
        look: () => listActivity(db, id, filter),
        isEnough: (found) => found.length > 0,
      })
      const listed = rows.map((row) => activityToWire(row, { isListed: true }))
      const hasPeers = query.include?.split(',').includes('peer_info')
      return c.json(hasPeers ? await withPeers(services, scopeOf(c.var.principal), listed) : listed)
    })
    .get(
      '/:id/activity/:activityId',
      guard(services, 'GET /workspaces/:id/activity/:activityId'),
      async (c) => {
        const id = await ownWorkspace(services, c.var.principal, c.req.param('id'))
        const row = await findActivity(db, id, c.req.param('activityId'))
        if (!row) throw notFound('activity', c.req.param('activityId'))
        return c.json(activityToWire(row))
      },
    )
    .post('/:id/activity', guard(services, 'POST /workspaces/:id/activity'), async (c) => {
      const id = await ownWorkspace(services, c.var.principal, c.req.param('id'))
      const report = await readLenientBody(c, ReportActivity)
      const told: LoggedActivity = {
        status: 'logged',
        id: await reportActivity(db, c.var.principal, id, report),
      }
      return c.json(told)
    })
    .post('/:id/notify', guard(services, 'POST /workspaces/:id/notify'), async (c) => {
      const id = await ownWorkspace(services, c.var.principal, c.req.param('id'))
      const body = await readLenientBody(c, NotifyOfType)
      if (body.message === undefined && body.type !== undefined)
        return c.json(nothingSaid(body.type))
      const message = check(Notify, body, 'the request body')
      const told: Notified = {
        status: 'sent',
        activity_id: await notifyPeople(db, c.var.principal, id, message),
      }
      return c.json(told)
    })
    .get(
      '/:id/session-search',
      guard(services, 'GET /workspaces/:id/session-search'),
      async (c) => {
        const id = await ownWorkspace(services, c.var.principal, c.req.param('id'))
        const { q, limit } = readQuery(c, Search)
        const rows = await searchActivity(db, id, { words: q, limit })
        return c.json(rows.map((row) => activityToWire(row, { isListed: true })))
      },
    )
}

const nothingSaid = (type: string): NothingSaid => ({
  status: 'ignored',
  type,
  detail: `A notice of type ${type} without a message tells people nothing, so nobody was told. Send "message"; work is reported with delegations or activity.`,
})

async function filterOf(
  { db }: Services,
  id: WorkspaceId,
  query: z.infer<typeof Query>,
): Promise<ActivityFilter> {
  const { type, source, method, limit, since_id, before_id, since_secs, before_ts } = query
  return {
    type,
    source,
    method,
    limit,
    peerId: query.peer_id,
    after: since_id === undefined ? undefined : await positionOf(db, id, since_id),
    before: before_id === undefined ? undefined : await positionOf(db, id, before_id),
    withinMs: since_secs === undefined ? undefined : since_secs * 1000,
    createdBefore: before_ts === undefined ? undefined : Date.parse(before_ts),
  }
}

/** Who the sources are, for a reader that knows only its own workspace. */
async function withPeers(
  { db, url }: Services,
  scope: ReturnType<typeof scopeOf>,
  listed: Activity[],
): Promise<Activity[]> {
  const peers = new Map((await listWorkspaces(db, scope)).map((row) => [row.id as string, row]))
  return listed.map((entry) => {
    const peer = peers.get(entry.source_id ?? '')
    if (!peer) return entry
    const card = `${url()}/registry/discover/${peer.id}`
    return { ...entry, peer_name: peer.name, peer_role: peer.role, agent_card_url: card }
  })
}
