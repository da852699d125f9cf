import type { TaskSummary } from '@molecule/contract/task'
import { CreateWorkspace, type Workspace } from '@molecule/contract/workspace'
import { z } from 'zod'
import { MAX_PATIENCE_S, patiently } from './patience.ts'
import { changes, reads, type Tool, tool } from './tool.ts'

const workspace_id = z.uuid().describe('Id of a workspace, from list_workspaces')
const task_id = z.uuid().describe('Id of a task')
const seconds = z.number().min(0).max(MAX_PATIENCE_S)

const isOver = ({ status }: Pick<TaskSummary, 'status'>) =>
  ['completed', 'failed', 'stuck', 'canceled'].includes(status)

type Verb = { name: string; title: string; description: string; path: string }

const verb = ({ name, title, description, path }: Verb) =>
  tool({
    name,
    title,
    description,
    input: z.object({ workspace_id }),
    annotations: { ...changes, idempotentHint: true },
    run: ({ api }, { workspace_id: id }) =>
      api<object>({ method: 'POST', path: `/workspaces/${id}/${path}`, body: {} }),
  })

/** What the assistant of a person can do with the organization; each by the rights of that person. */
export const operatorTools: readonly Tool[] = [
  tool({
    name: 'list_workspaces',
    title: 'List the organization',
    description: 'All workspaces with role, parent, state and what they work on.',
    input: z.object({}),
    annotations: reads,
    run: async ({ api }) => ({
      workspaces: (await api<Workspace[]>({ method: 'GET', path: '/workspaces' })).map(inShort),
    }),
  }),
  tool({
    name: 'get_workspace',
    title: 'Look at a workspace',
    description: 'One workspace with everything that is known of it, why it failed among it.',
    input: z.object({ workspace_id }),
    annotations: reads,
    run: ({ api }, { workspace_id: id }) =>
      api<Workspace>({ method: 'GET', path: `/workspaces/${id}` }),
  }),
  tool({
    name: 'create_workspace',
    title: 'Make a workspace',
    description: 'A new workspace; it starts by itself. parent_id is whom it reports to.',
    input: CreateWorkspace.pick({
      name: true,
      role: true,
      parent_id: true,
      runtime: true,
      runtime_config: true,
      model: true,
      template: true,
    }),
    annotations: changes,
    run: ({ api }, body) => api<Workspace>({ method: 'POST', path: '/workspaces', body }),
  }),
  verb({
    name: 'restart_workspace',
    title: 'Start afresh',
    description: 'Stops the agent of a workspace and starts it again; its work is tried again.',
    path: 'restart',
  }),
  verb({
    name: 'pause_workspace',
    title: 'Pause a team',
    description: 'Stops a workspace and all below it; work for them waits.',
    path: 'pause',
  }),
  verb({
    name: 'resume_workspace',
    title: 'Resume a team',
    description: 'Starts what a pause of this workspace has stopped.',
    path: 'resume',
  }),
  tool({
    name: 'ask_workspace',
    title: 'Ask for work',
    description:
      'Asks a workspace for work and waits for the answer. If it is not there in time the work goes on: follow it with get_task.',
    input: z.object({
      workspace_id,
      text: z.string().min(1).max(100_000),
      idempotency_key: z.string().min(1).max(255).optional(),
      timeout_s: seconds.default(60),
    }),
    annotations: changes,
    run: async ({ api, signal }, { workspace_id: id, timeout_s, ...body }) => {
      const path = `/workspaces/${id}/tasks`
      const task = await api<TaskSummary>({ method: 'POST', path, body }, signal)
      return patiently(timeout_s, {
        look: (wait) =>
          api<TaskSummary>({ method: 'GET', path: `/tasks/${task.id}?wait=${wait}` }, signal),
        isEnough: isOver,
      })
    },
  }),
  tool({
    name: 'get_task',
    title: 'Look at a task',
    description: 'One task with its result, its attempts and why it failed.',
    input: z.object({ task_id, timeout_s: seconds.default(0) }),
    annotations: reads,
    run: ({ api, signal }, { task_id: id, timeout_s }) =>
      patiently(timeout_s, {
        look: (wait) =>
          api<TaskSummary>({ method: 'GET', path: `/tasks/${id}?wait=${wait}` }, signal),
        isEnough: isOver,
      }),
  }),
  tool({
    name: 'explain_task',
    title: 'Why does it stand still',
    description: 'What a task waits for or why it failed, and what can be done about it.',
    input: z.object({ task_id }),
    annotations: reads,
    run: ({ api }, { task_id: id }) => api<object>({ method: 'GET', path: `/tasks/${id}/explain` }),
  }),
  tool({
    name: 'list_tasks',
    title: 'List tasks',
    description: 'Tasks, newest first. status "open" stands for all that have not ended.',
    input: z.object({
      workspace_id: workspace_id.optional(),
      status: z.string().max(200).optional(),
      limit: z.number().int().min(1).max(200).default(20),
    }),
    annotations: reads,
    run: ({ api }, asked) => {
      const given = Object.entries(asked).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, String(value)] satisfies [string, string]],
      )
      return api<object>({ method: 'GET', path: `/tasks?${new URLSearchParams(given)}` })
    },
  }),
  tool({
    name: 'cancel_task',
    title: 'Cancel a task',
    description: 'Ends work that nobody needs any more.',
    input: z.object({ task_id }),
    annotations: { ...changes, destructiveHint: true, idempotentHint: true },
    run: ({ api }, { task_id: id }) =>
      api<object>({ method: 'POST', path: `/tasks/${id}/cancel`, body: {} }),
  }),
]

const inShort = (row: Workspace) => ({
  id: row.id,
  name: row.name,
  role: row.role,
  parent_id: row.parent_id,
  runtime: row.runtime,
  status: row.status,
  active_tasks: row.active_tasks,
  current_task: row.current_task,
  failure_reason: row.failure_reason,
})
