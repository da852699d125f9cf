import type { Peer } from '@molecule/contract/registry'
import type { DelegateResult, Delegation, InboxItem, Task } from '@molecule/contract/task'
import type { Workspace } from '@molecule/contract/workspace'
import { z } from 'zod'
import { MAX_PATIENCE_S, patiently } from './patience.ts'
import { type Call, changes, reads, type Tool, tool } from './tool.ts'

const taskId = z.uuid().describe('Id of a task')
const text = (what: string) => z.string().min(1).max(100_000).describe(what)
const timeout = (usual: number) =>
  z.number().min(0).max(MAX_PATIENCE_S).default(usual).describe('Seconds to wait for it')

const own = ({ workspace }: Call) => `/workspaces/${workspace}`

const delegation = {
  workspace_id: z.uuid().describe('Whom to ask: an id of list_peers'),
  task: text('What is to be done, with everything the other needs to know'),
  idempotency_key: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('The same key for the same request: repeated, it finds the task it has made'),
  parent_task_id: z.uuid().optional().describe('The task you work on, in TASK_ID'),
}
type Delegated = z.output<z.ZodObject<typeof delegation>>

const delegate = (call: Call, { workspace_id, ...asked }: Delegated) =>
  call.api<DelegateResult>(
    { method: 'POST', path: `${own(call)}/delegate`, body: { target_id: workspace_id, ...asked } },
    call.signal,
  )

const isOver = ({ status }: Pick<Task, 'status'>) =>
  ['completed', 'failed', 'stuck', 'canceled'].includes(status)

/** Looks at a task until it has ended or the time is over. */
const ended = (call: Call, id: string, seconds: number) =>
  patiently(seconds, {
    look: (wait) =>
      call.api<Task>({ method: 'GET', path: `/tasks/${id}?wait=${wait}` }, call.signal),
    isEnough: isOver,
  })

/** What every agent of the organization can do. */
export const workspaceTools: readonly Tool[] = [
  tool({
    name: 'get_workspace_info',
    title: 'Who am I',
    description: 'Your own workspace: its name, role, place in the organization and state.',
    input: z.object({}),
    annotations: reads,
    run: (call) => call.api<Workspace>({ method: 'GET', path: own(call) }),
  }),
  tool({
    name: 'list_peers',
    title: 'List whom you can ask',
    description:
      'The workspaces you may give work to, with their roles: those beside, above and below you. Use their ids with delegate_task.',
    input: z.object({ q: z.string().max(200).optional().describe('Words to search for') }),
    annotations: reads,
    run: async (call, { q }) => {
      const query = q === undefined ? '' : `?q=${encodeURIComponent(q)}`
      const path = `/registry/${call.workspace}/peers${query}`
      return { peers: await call.api<Peer[]>({ method: 'GET', path }) }
    },
  }),
  tool({
    name: 'delegate_task',
    title: 'Give work away and wait for the answer',
    description:
      'Asks another workspace for work and waits for the result. If it is not there in time, the work goes on: follow it with check_task_status, or its result comes to your inbox. Never ask for the same work twice.',
    input: z.object({ ...delegation, timeout_s: timeout(60) }),
    annotations: changes,
    run: async (call, { timeout_s, ...asked }) => {
      const made = await delegate(call, asked)
      if (made.answered || timeout_s === 0) return made
      const task = await ended(call, made.delegation_id, timeout_s)
      return { ...made, status: task.status, result: task.result, error: task.error ?? undefined }
    },
  }),
  tool({
    name: 'delegate_task_async',
    title: 'Give work away',
    description:
      'Asks another workspace for work and returns at once with the id of the task. Its result comes to your inbox.',
    input: z.object(delegation),
    annotations: changes,
    run: delegate,
  }),
  tool({
    name: 'check_task_status',
    title: 'See how work stands',
    description:
      'One task with its result, or without an id the newest work that you have given away.',
    input: z.object({ task_id: taskId.optional(), timeout_s: timeout(0) }),
    annotations: reads,
    run: async (call, { task_id, timeout_s }) => {
      if (task_id !== undefined) return ended(call, task_id, timeout_s)
      const path = `${own(call)}/delegations?limit=20`
      return { delegations: await call.api<Delegation[]>({ method: 'GET', path }) }
    },
  }),
  tool({
    name: 'inbox_peek',
    title: 'Look into your inbox',
    description:
      'Results and notices that you have not acknowledged, oldest first. They stay until inbox_pop.',
    input: z.object({ limit: z.number().int().min(1).max(100).default(20) }),
    annotations: reads,
    run: async (call, { limit }) => {
      const items = await inboxOf(call, 0)
      return { items: items.slice(0, limit), count: items.length }
    },
  }),
  tool({
    name: 'inbox_pop',
    title: 'Acknowledge what you have read',
    description:
      'Takes items out of your inbox, up to and including this one. Do it once you have acted on them, not before.',
    input: z.object({ up_to: z.number().int().min(0).describe('The seq of an item') }),
    annotations: { ...changes, idempotentHint: true },
    run: (call, { up_to }) =>
      call.api<{ acked: number }>({
        method: 'POST',
        path: `${own(call)}/inbox/ack`,
        body: { up_to },
      }),
  }),
  tool({
    name: 'send_message_to_user',
    title: 'Tell the people something',
    description:
      'Shows a message to the people who watch your workspace. It is no answer to a task: that is what you complete it with.',
    input: z.object({ message: text('What they should read, in Markdown') }),
    annotations: changes,
    run: (call, { message }) =>
      call.api<object>({ method: 'POST', path: `${own(call)}/notify`, body: { message } }),
  }),
  tool({
    name: 'report_progress',
    title: 'Say that you are still at it',
    description:
      'Tells that a task you work on moves on, so that nobody takes it for lost. Worth it in work that is silent for minutes.',
    input: z.object({ task_id: taskId, text: z.string().max(10_000).optional() }),
    annotations: { ...changes, idempotentHint: true },
    run: (call, { task_id, ...told }) =>
      call.api<object>({ method: 'POST', path: `/tasks/${task_id}/progress`, body: told }),
  }),
  tool({
    name: 'ask_question',
    title: 'Ask whoever gave you the task',
    description:
      'Asks what has to be known before a task can go on. The task waits for the answer, and its work is begun anew with it: end your turn after this.',
    input: z.object({ task_id: taskId, question: text('One question') }),
    annotations: changes,
    run: (call, { task_id, question }) =>
      call.api<object>({
        method: 'POST',
        path: `/tasks/${task_id}/question`,
        body: { text: question },
      }),
  }),
]

export const inboxOf = async (call: Call, wait: number): Promise<InboxItem[]> => {
  const path = `${own(call)}/inbox?since=0&wait=${wait}`
  return (await call.api<{ items: InboxItem[] }>({ method: 'GET', path }, call.signal)).items
}
