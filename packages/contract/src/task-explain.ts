import { z } from 'zod'
import { TaskId, Timestamp, WorkspaceId } from './id.ts'
import { TaskStatus } from './task.ts'

/** What a task that nobody works on waits for. */
export const waits = [
  'nothing',
  'hand_over',
  'turn',
  'next_attempt',
  'answer',
  'login',
  'quota',
  'children',
  'workspace_paused',
  'workspace_hibernated',
  'workspace_starting',
  'workspace_failed',
  'workspace_silent',
  'agent_elsewhere',
  'its_caller',
] as const
export type Wait = (typeof waits)[number]

export const taskActions = ['answer', 'cancel', 'extend', 'reassign', 'retry'] as const

/** Answer of `GET /tasks/:id/explain`: what is the matter with it, from what is on record. */
export const TaskExplanation = z.object({
  task_id: TaskId,
  status: TaskStatus,
  /** In a sentence or two, for a person. */
  text: z.string(),
  /** Who works on it, or has been given it. */
  holder: z
    .object({
      workspace_id: WorkspaceId,
      name: z.string(),
      incarnation: z.number().int(),
      attempt: z.number().int(),
      since: Timestamp,
    })
    .nullable(),
  last_sign_of_life: Timestamp.nullable(),
  waits_for: z.enum(waits),
  /** How many tasks the workspace takes up first; null for one that it has taken up. */
  ahead: z.number().int().nullable(),
  /** Open tasks that are part of it. */
  children: z.array(TaskId),
  next: z.object({ what: z.enum(['attempt', 'deadline', 'nothing']), at: Timestamp.nullable() }),
  actions: z.array(
    z.object({ action: z.enum(taskActions), possible: z.boolean(), why: z.string().optional() }),
  ),
})
export type TaskExplanation = z.infer<typeof TaskExplanation>

/** Body of `POST /tasks/:id/reassign`. */
export const ReassignTask = z.strictObject({ workspace_id: z.uuid() })
export type ReassignTask = z.infer<typeof ReassignTask>

/** Body of `POST /tasks/:id/extend`. */
export const ExtendTask = z.strictObject({ seconds: z.number().int().min(1).max(2_592_000) })
export type ExtendTask = z.infer<typeof ExtendTask>
