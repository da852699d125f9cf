import { z } from 'zod'
import { WorkspaceId } from './id.ts'
import { DesiredState, WorkspaceStatus } from './workspace.ts'

/** Body of `POST /workspaces/:id/restart`; each option is refused, with why, where it means nothing. */
export const RestartWorkspace = z.object({
  /** Begin without what the runtime remembers of earlier work. */
  reset_session: z.boolean().optional(),
  /** Take the settings of its template again. */
  apply_template: z.boolean().optional(),
})
export type RestartWorkspace = z.infer<typeof RestartWorkspace>

/** A workspace that a verb reached. `detail` says in words what became of it. */
export const VerbTarget = z.object({
  id: WorkspaceId,
  name: z.string(),
  /** `kept`: it stays as it was. */
  outcome: z.enum(['paused', 'resumed', 'hibernated', 'kept']),
  detail: z.string(),
  generation: z.number().int(),
})
export type VerbTarget = z.infer<typeof VerbTarget>

/** The workspace itself first, then those below. The wish is written; the statuses follow. */
export const PauseResult = z.object({
  status: z.literal('paused'),
  paused_count: z.number().int(),
  targets: z.array(VerbTarget),
  generation: z.number().int(),
})
export type PauseResult = z.infer<typeof PauseResult>

/** `awaiting_agent`: of a workspace whose agent runs elsewhere. */
export const ResumeResult = z.object({
  status: z.enum(['provisioning', 'awaiting_agent']),
  resumed_count: z.number().int(),
  targets: z.array(VerbTarget),
  generation: z.number().int(),
})
export type ResumeResult = z.infer<typeof ResumeResult>

/** `hibernating`: it is being stopped; its status says `hibernated` once that is proven. */
export const HibernateResult = z.object({
  status: z.enum(['hibernating', 'hibernated']),
  /** Tasks it worked on, which go on when it is woken. */
  interrupted_tasks: z.number().int(),
  queued_tasks: z.number().int(),
  generation: z.number().int(),
})
export type HibernateResult = z.infer<typeof HibernateResult>

export const SubtreeMember = z.object({
  id: WorkspaceId,
  name: z.string(),
  parent_id: WorkspaceId.nullable(),
  /** 0 for the workspace asked about. */
  depth: z.number().int(),
  status: WorkspaceStatus,
  desired_state: DesiredState,
  paused_by: WorkspaceId.nullable(),
  /** Being worked on now. */
  active_tasks: z.number().int(),
  /** Not ended; removing the workspace fails them. */
  open_tasks: z.number().int(),
})
export type SubtreeMember = z.infer<typeof SubtreeMember>

/** A workspace and all below it, parents before children: what a verb would reach. */
export const Subtree = z.object({
  workspaces: z.array(SubtreeMember),
  /** How many a delete removes; a collapse removes one fewer. */
  count: z.number().int(),
  active_tasks: z.number().int(),
  open_tasks: z.number().int(),
})
export type Subtree = z.infer<typeof Subtree>

export const CollapseResult = z.object({
  status: z.literal('collapsed'),
  removed: z.array(WorkspaceId),
  generation: z.number().int(),
})
export type CollapseResult = z.infer<typeof CollapseResult>
