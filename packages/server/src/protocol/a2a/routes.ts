import { JsonRpcRequest, SendMessageParams } from '@molecule/contract/a2a'
import { isTerminal } from '@molecule/contract/task'
import type { DeliveryMode } from '@molecule/contract/workspace'
import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import type { TaskRow } from '../../db/tables.ts'
import { DomainError, notFound } from '../../domain/error.ts'
import { callerOf, scopeOf } from '../../domain/identity/principal.ts'
import { createTask } from '../../domain/task/task-create.ts'
import { queueDepth, resultOf, taskById } from '../../domain/task/task-store.ts'
import { workspaceById } from '../../domain/workspace/workspace-store.ts'
import { guard } from '../../http/authenticate.ts'
import { readBody } from '../../http/body.ts'
import type { AppEnv, Services } from '../../http/context.ts'
import { waitFor } from '../../http/wait.ts'
import { INVALID_PARAMS, METHOD_NOT_FOUND, rpcError, rpcRefusal, rpcResult } from './json-rpc.ts'
import { a2aTask } from './task-view.ts'

const DEFAULT_TIMEOUT_S = 60
const MAX_TIMEOUT_S = 600

/** `POST /workspaces/:id/a2a`: `message/send`. The answer when it comes in time, otherwise the task, accepted. */
export const a2aRoutes = (services: Services) =>
  new Hono<AppEnv>().post('/:id/a2a', guard(services, 'POST /workspaces/:id/a2a'), async (c) => {
    const request = await readBody(c, JsonRpcRequest)
    const id = request.id ?? null
    if (request.method !== 'message/send' && request.method !== 'SendMessage')
      return c.json(
        rpcError(id, { code: METHOD_NOT_FOUND, message: `there is no method ${request.method}` }),
      )
    const params = SendMessageParams.safeParse(request.params)
    if (!params.success) return c.json(rpcError(id, invalidParams(params.error)))
    try {
      return await answer(services, c as unknown as Context<AppEnv>, { id, params: params.data })
    } catch (error) {
      if (error instanceof DomainError) return c.json(rpcRefusal(id, error))
      throw error
    }
  })

type Params = z.infer<typeof SendMessageParams>
type RpcId = string | number | null

async function answer(
  services: Services,
  c: Context<AppEnv>,
  { id, params }: { id: RpcId; params: Params },
) {
  const accepted = await send(services, c, params)
  const deliveryMode = (await workspaceById(services.db, accepted.calleeId))?.deliveryMode ?? null
  const isBlocking = deliveryMode !== 'poll' && params.configuration?.blocking !== false
  const row = isBlocking ? await answerInTime(services, c, accepted) : accepted
  return tell(services, c, { row, id, deliveryMode })
}

async function send(services: Services, c: Context<AppEnv>, { message }: Params): Promise<TaskRow> {
  const { principal } = c.var
  const { task } = await createTask(services.db, scopeOf(principal), {
    caller: callerOf(principal),
    calleeId: c.req.param('id') ?? '',
    text: message.parts.map((part) => part.text).join('\n'),
    messageId: message.messageId,
    contextId: message.contextId,
    parentTaskId: textOrNone(message.metadata?.parent_task_id),
  })
  return task
}

const textOrNone = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** Not for an agent that comes for its work by itself: it may be away for long, and nobody stays on the line for it. */
async function answerInTime(
  services: Services,
  c: Context<AppEnv>,
  accepted: TaskRow,
): Promise<TaskRow> {
  const until = services.clock.now() + timeoutOf(c) * 1000
  const look = async () => {
    const row = await taskById(services.db, accepted.id)
    if (!row) throw notFound('task', accepted.id)
    return row
  }
  const isEnough = (row: TaskRow) => isTerminal(row.status)
  let row = accepted
  while (!isEnough(row) && services.clock.now() < until && !c.req.raw.signal.aborted) {
    const seconds = (until - services.clock.now()) / 1000
    const signal = c.req.raw.signal
    row = await waitFor(services, { keys: [`task:${row.id}`], seconds, signal, look, isEnough })
    if (services.closing.aborted) break
  }
  return row
}

function timeoutOf(c: Context<AppEnv>): number {
  const asked = Number(c.req.header('x-timeout') ?? DEFAULT_TIMEOUT_S)
  return Number.isFinite(asked) && asked >= 0 ? Math.min(asked, MAX_TIMEOUT_S) : DEFAULT_TIMEOUT_S
}

type Told = { row: TaskRow; id: RpcId; deliveryMode: DeliveryMode | null }

async function tell(services: Services, c: Context<AppEnv>, { row, id, deliveryMode }: Told) {
  const answer = rpcResult(id, a2aTask(row, await resultOf(services.db, row.id)))
  if (isTerminal(row.status)) return c.json(answer)
  const queued = {
    queued: true,
    queue_id: row.id,
    queue_depth: await queueDepth(services.db, row.calleeId),
    status: 'queued',
    delivery_mode: deliveryMode ?? 'pull',
  }
  const isPlain = c.req.header('a2a-version') === undefined && deliveryMode !== 'poll'
  return c.json({ ...answer, ...queued }, isPlain ? 202 : 200)
}

function invalidParams(error: z.ZodError) {
  const issue = error.issues[0]
  const path = ['params', ...(issue?.path ?? [])].join('.')
  return {
    code: INVALID_PARAMS,
    message: `${path}: ${issue?.message ?? 'is not valid'}`,
    data: { hint: 'Send params.message with parts of the form {"kind": "text", "text": "…"}.' },
  }
}
