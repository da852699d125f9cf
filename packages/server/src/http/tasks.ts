import type { WorkspaceId } from '@molecule/contract/id'
import {
  AnswerTask,
  AskQuestion,
  ReportProgress,
  TaskStatus,
  terminalTaskStatuses,
} from '@molecule/contract/task'
import { ExtendTask, ReassignTask } from '@molecule/contract/task-explain'
import { Hono } from 'hono'
import { z } from 'zod'
import type { TaskRow } from '../db/tables.ts'
import { DomainError, notFound } from '../domain/error.ts'
import { type Principal, scopeOf } from '../domain/identity/principal.ts'
import { ackResult } from '../domain/inbox/inbox-store.ts'
import { cancelTask } from '../domain/task/task-cancel.ts'
import { explainTask } from '../domain/task/task-explain.ts'
import { readOutput } from '../domain/task/task-output.ts'
import { answerTask, askQuestion } from '../domain/task/task-question.ts'
import { reassignTask } from '../domain/task/task-reassign.ts'
import { extendTask, retryTask } from '../domain/task/task-retry.ts'
import { findTask, listTasks, taskById, taskDetail } from '../domain/task/task-store.ts'
import { taskSummaryToWire, taskToWire } from '../domain/task/task-wire.ts'
import { guard } from './authenticate.ts'
import { readBody, readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { MAX_WAIT_S, waitFor } from './wait.ts'

const Seconds = z.coerce.number().min(0).max(MAX_WAIT_S).default(0)
const Limit = (most: number, usual: number) =>
  z.coerce.number().int().min(1).max(most).default(usual)

const statuses = (list: string) =>
  list
    .split(',')
    .flatMap((name) => (name === 'open' ? ['queued', 'dispatched', 'in_progress'] : [name]))
const List = z.object({
  /** Comma list of statuses; `open` stands for all that are not terminal. */
  status: z.string().transform(statuses).pipe(z.array(TaskStatus)).optional(),
  workspace_id: z.uuid().optional(),
  /** Goes on behind this task. */
  before: z.uuid().optional(),
  limit: Limit(1000, 100),
})
const Wait = z.object({ wait: Seconds })
const Output = z.object({
  after: z.coerce.number().int().min(0).default(0),
  wait: Seconds,
  limit: Limit(1000, 200),
})

const readRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .get('/', guard(services, 'GET /tasks'), async (c) => {
      const { status, workspace_id, before, limit } = readQuery(c, List)
      const rows = await listTasks(db, scopeOf(c.var.principal), {
        limit,
        before,
        ...(status ? { statuses: status } : {}),
        ...(workspace_id ? { workspaceId: workspace_id as WorkspaceId } : {}),
      })
      return c.json({ tasks: rows.map(taskSummaryToWire) })
    })
    .get('/:id', guard(services, 'GET /tasks/:id'), async (c) => {
      const id = c.req.param('id')
      const { wait } = readQuery(c, Wait)
      const { principal } = c.var
      const row = await waitFor(services, {
        keys: [`task:${id}`],
        seconds: wait,
        signal: c.req.raw.signal,
        look: () => involved(services, principal, id),
        isEnough: isEnded,
      })
      const isAnswer = wait > 0 && isEnded(row) && !c.req.raw.signal.aborted
      if (isAnswer && principal.kind === 'workspace' && principal.workspaceId === row.callerId)
        await ackResult(db, principal.workspaceId, row.id)
      return c.json(taskToWire(await taskDetail(db, row)))
    })
    .get('/:id/output', guard(services, 'GET /tasks/:id/output'), async (c) => {
      const { principal } = c.var
      const asking = { principal, id: c.req.param('id'), signal: c.req.raw.signal }
      return c.json(await output(services, { ...asking, query: readQuery(c, Output) }))
    })
    .get('/:id/explain', guard(services, 'GET /tasks/:id/explain'), async (c) =>
      c.json(await explainTask(db, await involved(services, c.var.principal, c.req.param('id')))),
    )
    .post('/:id/cancel', guard(services, 'POST /tasks/:id/cancel'), async (c) => {
      const { id } = await askedBy(services, c.var.principal, c.req.param('id'))
      return c.json(taskSummaryToWire(await cancelTask(db, c.var.principal, id)))
    })
    .post('/:id/extend', guard(services, 'POST /tasks/:id/extend'), async (c) => {
      const { id } = await askedBy(services, c.var.principal, c.req.param('id'))
      const { seconds } = await readBody(c, ExtendTask)
      return c.json(taskSummaryToWire(await extendTask(db, c.var.principal, id, seconds)))
    })
    .post('/:id/reassign', guard(services, 'POST /tasks/:id/reassign'), async (c) => {
      const { id } = await askedBy(services, c.var.principal, c.req.param('id'))
      const { workspace_id: to } = await readBody(c, ReassignTask)
      return c.json(taskSummaryToWire(await reassignTask(db, c.var.principal, id, to)))
    })
    .post('/:id/retry', guard(services, 'POST /tasks/:id/retry'), async (c) => {
      const { id } = await askedBy(services, c.var.principal, c.req.param('id'))
      return c.json(taskSummaryToWire(await retryTask(db, c.var.principal, id)), 202)
    })
}

/** What those who asked decide. */
const decisionRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>().post(
    '/:id/answer',
    guard(services, 'POST /tasks/:id/answer'),
    async (c) => {
      const { id } = await askedBy(services, c.var.principal, c.req.param('id'))
      const { text } = await readBody(c, AnswerTask)
      return c.json(taskSummaryToWire(await answerTask(db, c.var.principal, id, text)))
    },
  )
}

/** What the agent that works on a task says of it. */
const workerRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .post('/:id/question', guard(services, 'POST /tasks/:id/question'), async (c) => {
      const { id } = await workedOnBy(services, c.var.principal, c.req.param('id'))
      const { text } = await readBody(c, AskQuestion)
      return c.json(taskSummaryToWire(await askQuestion(db, c.var.principal, id, text)))
    })
    .post('/:id/progress', guard(services, 'POST /tasks/:id/progress'), async (c) => {
      await readBody(c, ReportProgress)
      const row = await workedOnBy(services, c.var.principal, c.req.param('id'))
      if (row.endedAt !== null)
        throw new DomainError('already_terminal', `the task is ${row.status}`, {
          hint: 'End this work: nobody waits for it any more.',
          extra: { status: row.status },
        })
      services.heartbeats.progress(row.id)
      return c.json(taskSummaryToWire(row))
    })
}

export const taskRoutes = (services: Services) =>
  new Hono<AppEnv>()
    .route('/', readRoutes(services))
    .route('/', decisionRoutes(services))
    .route('/', workerRoutes(services))

type Asking = {
  principal: Principal
  id: string
  signal: AbortSignal
  query: z.infer<typeof Output>
}

async function output(services: Services, { principal, id, signal, query }: Asking) {
  const { db } = services
  const { after, wait, limit } = query
  const row = await involved(services, principal, id)
  const { chunks, isOver } = await waitFor(services, {
    keys: [`output:${row.id}`, `task:${row.id}`],
    seconds: wait,
    signal,
    look: async () => {
      const task = await taskById(db, row.id)
      const found = await readOutput(db, row.id, { after, limit })
      return { chunks: found, isOver: task === undefined || isEnded(task) }
    },
    isEnough: (found) => found.chunks.length > 0 || found.isOver,
  })
  return { chunks, next: after + chunks.length, done: isOver && chunks.length < limit }
}

const isEnded = (row: TaskRow) => (terminalTaskStatuses as readonly string[]).includes(row.status)

/** One that the principal may decide on: people all, an agent those it asked for. */
async function askedBy(
  services: Pick<Services, 'db'>,
  principal: Principal,
  id: string,
): Promise<TaskRow> {
  const row = await involved(services, principal, id)
  if (principal.kind === 'workspace' && row.callerId !== principal.workspaceId)
    throw new DomainError('forbidden', 'only who asked for a task may decide what becomes of it')
  return row
}

/** One that the principal's own agent works on. */
async function workedOnBy(
  services: Pick<Services, 'db'>,
  principal: Principal,
  id: string,
): Promise<TaskRow> {
  const row = await involved(services, principal, id)
  if (principal.kind !== 'workspace' || row.calleeId !== principal.workspaceId)
    throw new DomainError('forbidden', 'only who works on a task may say this of it')
  return row
}

/** A task the principal may see: people all, an agent those it asked for or was asked for. */
async function involved(
  { db }: Pick<Services, 'db'>,
  principal: Principal,
  id: string,
): Promise<TaskRow> {
  const row = await findTask(db, scopeOf(principal), id)
  const isStranger =
    principal.kind === 'workspace' &&
    row?.calleeId !== principal.workspaceId &&
    row?.callerId !== principal.workspaceId
  if (!row || isStranger) throw notFound('task', id)
  return row
}
