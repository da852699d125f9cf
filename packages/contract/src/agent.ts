import { z } from 'zod'
import { Timestamp, WorkspaceId } from './id.ts'
import { WorkspaceStatus } from './workspace.ts'

/** What occupies a workspace, as older clients list it: one in each, under the id of its workspace. */
export const Agent = z.object({
  id: WorkspaceId,
  name: z.string(),
  workspace_id: WorkspaceId,
  status: WorkspaceStatus,
  model: z.string(),
  runtime: z.string(),
  created_at: Timestamp,
})
export type Agent = z.infer<typeof Agent>

/** Answer of `GET /workspaces/:id/state`: what an agent looks at to know whether it should go on. */
export const WorkspaceState = z.object({
  workspace_id: WorkspaceId,
  status: WorkspaceStatus,
  paused: z.boolean(),
  deleted: z.literal(false),
})
export type WorkspaceState = z.infer<typeof WorkspaceState>

/** Body of `PUT /workspaces/:id/model`. */
export const SetModel = z.object({ model: z.string().trim().min(1).max(100) })

export const WorkspaceModel = z.object({ model: z.string(), source: z.literal('workspace') })
export type WorkspaceModel = z.infer<typeof WorkspaceModel>
