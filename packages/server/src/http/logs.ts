import { Hono } from 'hono'
import { z } from 'zod'
import type { Backend, BackendHandle } from '../backend/backend.ts'
import type { ResourceRow } from '../db/tables.ts'
import { DomainError, notFound } from '../domain/error.ts'
import { type Principal, scopeOf } from '../domain/identity/principal.ts'
import { newestResource } from '../domain/resource/resource-store.ts'
import { isExternal } from '../domain/workspace/external.ts'
import { findWorkspace } from '../domain/workspace/workspace-store.ts'
import { redact } from '../lib/redact.ts'
import { guard } from './authenticate.ts'
import { readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'

const MOST_LINES = 10_000

const Query = z.object({
  tail: z.coerce.number().int().min(0).max(MOST_LINES).default(200),
  follow: z.enum(['true', 'false', '1', '0']).default('false'),
})
type Query = z.infer<typeof Query>

/** What the agent host wrote, of the start that runs or ran last; `/console` is the older name. */
export const logRoutes = (services: Services) =>
  new Hono<AppEnv>()
    .get('/:id/logs', guard(services, 'GET /workspaces/:id/logs'), async (c) =>
      logOf(services, c.var.principal, askedOf(c, c.req.param('id'))),
    )
    .get('/:id/console', guard(services, 'GET /workspaces/:id/console'), async (c) =>
      logOf(services, c.var.principal, askedOf(c, c.req.param('id'))),
    )

const askedOf = (c: Parameters<typeof readQuery>[0], id: string): Asked => ({
  id,
  query: readQuery(c, Query),
  hungUp: c.req.raw.signal,
})

type Asked = { id: string; query: Query; hungUp: AbortSignal }

async function logOf(
  services: Services,
  principal: Principal,
  { id, query, hungUp }: Asked,
): Promise<Response> {
  const { resource, read } = await sourceOf(services, principal, id)
  const stop = new AbortController()
  const signal = AbortSignal.any([hungUp, services.closing, stop.signal])
  const follow = query.follow === 'true' || query.follow === '1'
  const options = { tailLines: query.tail, follow }
  const lines = read(resource.handle as BackendHandle, options, signal)
  return new Response(streamOf(lines, stop), {
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'molecule-incarnation': String(resource.incarnation),
    },
  })
}

type Source = { resource: ResourceRow; read: NonNullable<Backend['logs']> }

async function sourceOf(services: Services, principal: Principal, id: string): Promise<Source> {
  const { db, backends } = services
  const workspace = await findWorkspace(db, scopeOf(principal), id)
  if (!workspace) throw notFound('workspace', id)
  if (isExternal(workspace))
    throw new DomainError('not_allowed_now', `the agent of ${workspace.name} runs elsewhere`, {
      hint: 'Its log is where it runs.',
    })
  const resource = await newestResource(db, workspace.id)
  if (!resource)
    throw new DomainError('not_allowed_now', `workspace ${workspace.name} was never started`, {
      hint: 'Its log begins with its first start.',
    })
  const backend = backends.get(resource.backend)
  if (!backend?.logs)
    throw new DomainError(
      'not_allowed_now',
      backend
        ? `the backend ${resource.backend} keeps no logs`
        : `the backend ${resource.backend} is not enabled on this server`,
      { hint: 'Look where its agents run.' },
    )
  if (workspace.purgedAt !== null)
    throw new DomainError('gone', `what workspace ${workspace.name} stored was removed`, {
      hint: 'Its log went with it.',
    })
  return { resource, read: backend.logs }
}

/** Nobody who reads: nothing is read. A program may print its secrets, and more people read its log than may see them. */
function streamOf(lines: AsyncIterable<string>, stop: AbortController): ReadableStream {
  const each = lines[Symbol.asyncIterator]()
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const next = await each.next()
      if (next.done) controller.close()
      else controller.enqueue(encoder.encode(`${redact(next.value)}\n`))
    },
    cancel() {
      stop.abort()
    },
  })
}
