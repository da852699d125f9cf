import { isTerminal } from '@molecule/contract/task'
import type { Context } from 'hono'
import type { WorkspaceRow } from '../../db/tables.ts'
import { queueOf } from '../../domain/task/queue-state.ts'
import { taskById } from '../../domain/task/task-store.ts'
import type { AppEnv, Services } from '../../http/context.ts'
import { withParts } from './dialects.ts'

/** What callers of 0.3 are told beside a task that has not ended: that it is queued, and behind how many. */
export async function withQueue(
  services: Services,
  c: Context<AppEnv>,
  { body, workspace }: { body: unknown; workspace: WorkspaceRow },
) {
  const isUnnamed = c.req.header('a2a-version') === undefined
  const answer = body as { result?: { kind?: string; id?: string } }
  const id = answer.result?.kind === 'task' ? answer.result.id : undefined
  const row = id === undefined ? undefined : await taskById(services.db, id as never)
  if (!row || isTerminal(row.status)) return c.json(isUnnamed ? withParts(answer) : answer)
  const queue = await queueOf(services.db, row.calleeId)
  const queued = {
    queued: true,
    queue_id: row.id,
    queue_depth: queue.depth,
    queue_state: queue.state,
    status: 'queued',
    delivery_mode: workspace.deliveryMode ?? 'pull',
  }
  const isPlain = isUnnamed && workspace.deliveryMode !== 'poll'
  return c.json({ ...answer, ...queued }, isPlain ? 202 : 200)
}
