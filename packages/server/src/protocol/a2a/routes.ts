import { JsonRpcRequest, SendMessageParams } from '@molecule/contract/a2a'
import { isTerminal } from '@molecule/contract/task'
import { type Context, Hono } from 'hono'
import type { z } from 'zod'
import type { TaskRow } from '../../db/tables.ts'
import { DomainError, notFound } from '../../domain/error.ts'
import { callerOf, scopeOf } from '../../domain/identity/principal.ts'
import { createTask } from '../../domain/task/task-create.ts'
import { queueDepth, resultOf, taskById } from '../../domain/task/task-store.ts'
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
      const accepted = await send(services, c as unknown as Context<AppEnv>, params.data)
      const row = await answerInTime(
        services,
        c as unknown as Context<AppEnv>,
        accepted,
        params.data,
      )
      return await tell(services, c as unknown as Context<AppEnv>, row, id)
    } catch (error) {
      if (error instanceof DomainError) return c.json(rpcRefusal(id, error))
      throw error
    }
  })

type Params = z.infer<typeof SendMessageParams>

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

async function answerInTime(
  services: Services,
  c: Context<AppEnv>,
  accepted: TaskRow,
  { configuration }: Params,
): Promise<TaskRow> {
  if (configuration?.blocking === false) return accepted
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

async function tell(
  services: Services,
  c: Context<AppEnv>,
  row: TaskRow,
  id: string | number | null,
) {
  const answer = rpcResult(id, a2aTask(row, await resultOf(services.db, row.id)))
  if (isTerminal(row.status)) return c.json(answer)
  const queued = {
    queued: true,
    queue_id: row.id,
    queue_depth: await queueDepth(services.db, row.calleeId),
    status: 'queued',
    delivery_mode: 'pull',
  }
  return c.json({ ...answer, ...queued }, c.req.header('a2a-version') === undefined ? 202 : 200)
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
