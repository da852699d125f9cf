import { CreateTask } from '@molecule/contract/task'
import { NewWorkspace, PatchWorkspace, type Workspace } from '@molecule/contract/workspace'
import { Hono } from 'hono'
import { z } from 'zod'
import type { WorkspaceRow } from '../db/tables.ts'
import { callerOf, type Principal, scopeOf } from '../domain/identity/principal.ts'
import { ackInbox, inboxItemToWire, readInbox } from '../domain/inbox/inbox-store.ts'
import { keepReplyAddress } from '../domain/push/reply-address.ts'
import { connectionOf } from '../domain/registry/connection.ts'
import { createTask } from '../domain/task/task-create.ts'
import { taskSummaryToWire } from '../domain/task/task-wire.ts'
import { deliveryAsked } from '../domain/workspace/external.ts'
import { removedError } from '../domain/workspace/lock-live.ts'
import { makeWorkspace } from '../domain/workspace/make-workspace.ts'
import { visibleWorkspace, visibleWorkspaces } from '../domain/workspace/visible.ts'
import { patchWorkspace } from '../domain/workspace/workspace-patch.ts'
import { idle, loadOf, loads, toPeer, workspaceToWire } from '../domain/workspace/workspace-wire.ts'
import { guard } from './authenticate.ts'
import { readBody, readLenientBody, readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { problemOf } from './errors.ts'
import { lifecycleRoutes } from './lifecycle.ts'
import { logRoutes } from './logs.ts'
import { checkOutboundUrl } from './outbound-url.ts'
import { ownWorkspace } from './own-workspace.ts'
import { MAX_WAIT_S, waitFor } from './wait.ts'

const Seconds = z.coerce.number().min(0).max(MAX_WAIT_S).optional()
const Generation = z.object({ wait_generation: z.coerce.number().int().min(0).optional() })
const Since = z.object({ since: z.coerce.number().int().min(0).optional(), wait: Seconds })
const UpTo = z.strictObject({ up_to: z.number().int().min(0) })

export const workspaceRoutes = (services: Services) =>
  new Hono<AppEnv>()
    .route('/', collection(services))
    .route('/', verbs(services))
    .route('/', lifecycleRoutes(services))
    .route('/', logRoutes(services))
    .route('/', work(services))

const collection = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .get('/', guard(services, 'GET /workspaces'), async (c) => {
      const seen = await visibleWorkspaces(db, c.var.principal)
      const load = await loads(db)
      const show = asSeenBy(c.var.principal)
      return c.json(seen.map((row) => show(workspaceToWire(row, load.get(row.id) ?? idle))))
    })
    .post('/', guard(services, 'POST /workspaces'), async (c) => {
      const input = await readLenientBody(c, NewWorkspace)
      if (deliveryAsked(input) && input.url) await checkOutboundUrl(services, input.url)
      const { workspace, token } = await makeWorkspace(services, c.var.principal, input)
      if (token === undefined) return c.json(workspaceToWire(workspace), 201)
      const connection = connectionOf(workspace, { token, platformUrl: services.url() })
      c.header('cache-control', 'no-store')
      return c.json({ ...workspaceToWire(workspace), external: true, connection }, 201)
    })
    .get('/:id', guard(services, 'GET /workspaces/:id'), async (c) => {
      const { wait_generation } = readQuery(c, Generation)
      const wanted = wait_generation ?? 0
      const id = c.req.param('id')
      const row = await waitFor(services, {
        keys: [`ws:${id}`],
        seconds: wanted > 0 ? MAX_WAIT_S : 0,
        signal: c.req.raw.signal,
        look: () => visibleWorkspace(db, c.var.principal, id),
        isEnough: (found) => isSettled(found, wanted),
      })
      // Who waits for a removal is told how it goes; anybody else, that there is nothing any more.
      if (row.desiredState === 'removed' && wait_generation === undefined)
        return c.json(goneProblem(row, c.var.traceId), 410, problemJson)
      const show = asSeenBy(c.var.principal)
      return c.json(show(workspaceToWire(row, await loadOf(db, row.id))))
    })
}

const verbs = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>().patch('/:id', guard(services, 'PATCH /workspaces/:id'), async (c) => {
    const input = await readLenientBody(c, PatchWorkspace)
    const row = await patchWorkspace(db, c.var.principal, c.req.param('id'), input)
    return c.json(workspaceToWire(row, await loadOf(db, row.id)))
  })
}

const work = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .post('/:id/tasks', guard(services, 'POST /workspaces/:id/tasks'), async (c) => {
      const input = await readBody(c, CreateTask)
      if (input.reply_to) await checkOutboundUrl(services, input.reply_to.url)
      const { task, replay } = await createTask(db, scopeOf(c.var.principal), {
        caller: callerOf(c.var.principal),
        calleeId: c.req.param('id'),
        text: input.text,
        idempotencyKey: input.idempotency_key,
        contextId: input.context_id,
        parentTaskId: input.parent_task_id,
        deadlineS: input.deadline_s,
        maxAttempts: input.max_attempts,
        priority: input.priority,
        startWithinS: input.start_within_s,
      })
      if (input.reply_to)
        await keepReplyAddress({ db, cipher: services.cipher }, { task, replay }, input.reply_to)
      return c.json(taskSummaryToWire(task), replay ? 200 : 202)
    })
    .get('/:id/inbox', guard(services, 'GET /workspaces/:id/inbox'), async (c) => {
      const own = await ownWorkspace(services, c.var.principal, c.req.param('id'))
      const { since = 0, wait = 0 } = readQuery(c, Since)
      const items = await waitFor(services, {
        keys: [`inbox:${own}`],
        seconds: wait,
        signal: c.req.raw.signal,
        look: () => readInbox(db, own, since),
        isEnough: (found) => found.length > 0,
      })
      return c.json({ items: items.map(inboxItemToWire) })
    })
    .post('/:id/inbox/ack', guard(services, 'POST /workspaces/:id/inbox/ack'), async (c) => {
      const own = await ownWorkspace(services, c.var.principal, c.req.param('id'))
      const { up_to } = await readBody(c, UpTo)
      return c.json({ acked: await ackInbox(db, own, up_to) })
    })
}

const problemJson = { 'content-type': 'application/problem+json' }

/** With what older clients look for beside the problem. */
const goneProblem = (row: WorkspaceRow, traceId: string) => ({
  ...problemOf(removedError(row), traceId),
  id: row.id,
  removed_at: new Date(row.updatedAt).toISOString(),
})

/** The wish has come true, or the start it asked for has failed: an older failure says nothing of it. */
const isSettled = (row: WorkspaceRow, generation: number) =>
  row.observedGeneration >= generation ||
  (row.status === 'failed' && row.startedGeneration >= generation)

const asSeenBy = (principal: Principal) => (workspace: Workspace) =>
  principal.kind === 'workspace' && principal.workspaceId !== workspace.id
    ? toPeer(workspace)
    : workspace
