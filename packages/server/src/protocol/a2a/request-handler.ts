import type { Message, SendMessageRequest, Task } from '@a2a-js/sdk'
import type { A2ARequestHandler } from '@a2a-js/sdk/server'
import { isTerminal } from '@molecule/contract/task'
import type { TaskRow, WorkspaceRow } from '../../db/tables.ts'
import { callerOf, scopeOf } from '../../domain/identity/principal.ts'
import { cancelTask } from '../../domain/task/task-cancel.ts'
import { createTask } from '../../domain/task/task-create.ts'
import { answerTask } from '../../domain/task/task-question.ts'
import {
  attemptsOf,
  findTask,
  resultOf,
  taskById,
  taskDetail,
} from '../../domain/task/task-store.ts'
import { waitFor } from '../../http/wait.ts'
import { wordsOf } from './asked-task.ts'
import type { Call } from './call.ts'
import { agentCard } from './card.ts'
import {
  malformed,
  taskNotCancelable,
  taskNotFound,
  told,
  toldStream,
  unsupported,
} from './errors.ts'
import { followTask } from './follow-task.ts'
import { pushOperations, saveAskedPush } from './push-operations.ts'
import { listA2aTasks } from './task-list.ts'
import { a2aTask, isInterrupted } from './task-view.ts'

/** How long a cancel waits for the work to end, so that its answer can say so. */
const CANCEL_WAIT_S = 5

type Handler = A2ARequestHandler

/** A workspace as an A2A agent for one call: every binding and version is served by this, on the ledger of tasks. */
export function requestHandler(call: Call): Handler {
  const { services, workspace } = call
  const card = agentCard(workspace, { platformUrl: services.url(), version: services.version })
  return {
    getAgentCard: async () => card,
    getAuthenticatedExtendedAgentCard: async () => card,
    sendMessage: told(async (params) => {
      const row = await send(call, params)
      await saveAskedPush(call, row, params.configuration?.taskPushNotificationConfig)
      const isBlocking = params.configuration?.returnImmediately !== true && !isPolled(workspace)
      const seen = isBlocking ? await settled(call, row) : row
      return view(call, seen, params.configuration?.historyLength)
    }),
    sendMessageStream: toldStream(async function* (params) {
      const row = await send(call, params)
      await saveAskedPush(call, row, params.configuration?.taskPushNotificationConfig)
      yield* await follow(call, row)
    }),
    getTask: told(async ({ id, historyLength }) =>
      view(call, await visibleTask(call, id), historyLength),
    ),
    listTasks: told(async (params) => {
      const { principal } = call
      const asked = { principal, workspaceId: workspace.id }
      const listed = await listA2aTasks(services.db, asked, params)
      const tasks = await Promise.all(listed.rows.map((row) => listItem(call, row, params)))
      const { total: totalSize, pageSize, nextPageToken } = listed
      return { tasks, totalSize, pageSize, nextPageToken }
    }),
    cancelTask: told(async ({ id }) => {
      const { principal } = call
      const row = await visibleTask(call, id)
      if (principal.kind === 'workspace' && row.callerId !== principal.workspaceId)
        throw unsupported('Only who asked for a task may cancel it.')
      if (isTerminal(row.status)) throw taskNotCancelable(id, row.status)
      await cancelTask(services.db, principal, id)
      return view(call, await settled({ ...call, timeoutS: CANCEL_WAIT_S }, row), undefined)
    }),
    resubscribe: toldStream(async function* ({ id }) {
      const row = await visibleTask(call, id)
      if (isTerminal(row.status))
        throw unsupported(`Task ${id} is ${row.status}: nothing more will happen. Get it instead.`)
      yield* await follow(call, row)
    }),
    ...pushOperations(call, visibleTask),
  }
}

/** It comes for its work by itself and may be away for long: nobody stays on the line for it. */
export const isPolled = ({ deliveryMode }: WorkspaceRow) => deliveryMode === 'poll'

async function send(
  { services, principal, workspace }: Call,
  params: SendMessageRequest,
): Promise<TaskRow> {
  const { message, text } = wordsOf(params)
  if (message.taskId !== '') return followUp({ services, principal, workspace }, { message, text })
  const { task } = await createTask(services.db, scopeOf(principal), {
    caller: callerOf(principal),
    calleeId: workspace.id,
    text,
    messageId: message.messageId,
    contextId: message.contextId === '' ? undefined : message.contextId,
    parentTaskId: textOrNone(message.metadata?.parent_task_id),
  })
  return task
}

const textOrNone = (value: unknown) => (typeof value === 'string' ? value : undefined)

/** A message to a task is the answer to what it waits for. One that waits for nothing is one request and its answer: it takes no more. */
async function followUp(
  call: Pick<Call, 'services' | 'principal' | 'workspace'>,
  { message, text }: { message: Message; text: string },
): Promise<TaskRow> {
  const { taskId, contextId } = message
  const { db } = call.services
  const row = await visibleTask(call, taskId)
  if (contextId !== '' && contextId !== row.contextId)
    throw malformed(`Task ${taskId} is not part of the context ${contextId}.`)
  if (!isInterrupted(row))
    throw unsupported(
      `Task ${taskId} is ${row.status} and takes no further message. Send one without taskId in the context ${row.contextId}.`,
    )
  if (call.principal.kind === 'workspace' && row.callerId !== call.principal.workspaceId)
    throw unsupported('Only who asked for a task may answer it.')
  return answerTask(db, call.principal, taskId, text)
}

/** A task of this workspace that the caller may see; another does not exist for it. */
async function visibleTask(
  { services, principal, workspace }: Pick<Call, 'services' | 'principal' | 'workspace'>,
  id: string,
): Promise<TaskRow> {
  const row = await findTask(services.db, scopeOf(principal), id)
  const isStranger =
    principal.kind === 'workspace' &&
    principal.workspaceId !== row?.callerId &&
    principal.workspaceId !== row?.calleeId
  if (!row || row.calleeId !== workspace.id || isStranger) throw taskNotFound(id)
  return row
}

/** The task once it has ended or waits for its caller, or as it is when the time is over. */
export async function settled(
  { services, signal, timeoutS }: Pick<Call, 'services' | 'signal' | 'timeoutS'>,
  row: TaskRow,
): Promise<TaskRow> {
  const { db, clock, closing } = services
  const until = clock.now() + timeoutS * 1000
  const isEnough = (found: TaskRow) => isTerminal(found.status) || isInterrupted(found)
  let seen = row
  while (!isEnough(seen) && clock.now() < until && !signal.aborted && !closing.aborted)
    seen = await waitFor(services, {
      keys: [`task:${row.id}`],
      seconds: (until - clock.now()) / 1000,
      signal,
      look: async () => (await taskById(db, row.id)) ?? row,
      isEnough,
    })
  return seen
}

async function follow({ services, signal }: Call, row: TaskRow) {
  const { text: request } = await taskDetail(services.db, row)
  return followTask(services, { row, request, signal })
}

async function view(
  { services: { db } }: Call,
  row: TaskRow,
  historyLength: number | undefined,
): Promise<Task> {
  const { text, result, attempts } = await taskDetail(db, row)
  return a2aTask(row, {
    request: historyLength === 0 ? undefined : text,
    result,
    late: row.status === 'completed' ? [] : attempts,
  })
}

type Shown = { includeArtifacts?: boolean | undefined; historyLength?: number | undefined }

async function listItem(call: Call, row: TaskRow, shown: Shown): Promise<Task> {
  const { db } = call.services
  if ((shown.historyLength ?? 0) > 0) {
    const task = await view(call, row, shown.historyLength)
    return shown.includeArtifacts ? task : { ...task, artifacts: [] }
  }
  if (!shown.includeArtifacts) return a2aTask(row, {})
  return a2aTask(row, { result: await resultOf(db, row.id), late: await attemptsOf(db, row.id) })
}
