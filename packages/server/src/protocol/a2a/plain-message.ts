import { isTerminal } from '@molecule/contract/task'
import { z } from 'zod'
import type { TaskRow, WorkspaceRow } from '../../db/tables.ts'
import { DomainError } from '../../domain/error.ts'
import { callerOf, scopeOf } from '../../domain/identity/principal.ts'
import { queueOf } from '../../domain/task/queue-state.ts'
import { createTask } from '../../domain/task/task-create.ts'
import { resultOf } from '../../domain/task/task-store.ts'
import { check } from '../../http/body.ts'
import type { Call } from './call.ts'
import { isPolled, settled } from './request-handler.ts'
import { isInterrupted } from './task-view.ts'

/*
 * The dialect of a command line that knows no JSON-RPC: `{agent_id, message}` in, `{result}` or `{error}` out, each a text. Refusals
 * are problem documents, which have an `error` too.
 */

const PlainMessage = z.object({
  agent_id: z.uuid(),
  message: z.string().trim().min(1).max(1_000_000),
})

type Reply = { status: 200 | 202; body: Record<string, unknown> }

/** Asks the workspace, and stays on the line as long as the call says. */
export async function answerPlain(call: Call, body: unknown): Promise<Reply> {
  const { agent_id, message } = check(PlainMessage, body, 'the request body')
  const { services, principal, workspace } = call
  if (agent_id !== workspace.id) throw anotherAgent(workspace)
  const { task } = await createTask(services.db, scopeOf(principal), {
    caller: callerOf(principal),
    calleeId: workspace.id,
    text: message,
  })
  return told(call, isPolled(workspace) ? task : await settled(call, task))
}

const anotherAgent = ({ id }: WorkspaceRow) =>
  new DomainError('invalid', 'agent_id is not the workspace in the path', {
    hint: 'An agent has the id of its workspace; GET /agents lists them.',
    fields: [{ path: 'agent_id', message: `must be ${id}` }],
  })

async function told({ services: { db }, workspace }: Call, row: TaskRow): Promise<Reply> {
  const known = { task_id: row.id, status: row.status }
  if (row.status === 'completed')
    return { status: 200, body: { result: (await resultOf(db, row.id)) ?? '', ...known } }
  if (isTerminal(row.status))
    return { status: 200, body: { error: reasonOf(row) ?? `it ended ${row.status}`, ...known } }
  if (isInterrupted(row))
    return { status: 200, body: { result: row.waitReason?.detail ?? '', ...known } }
  const { state, depth } = await queueOf(db, row.calleeId)
  const result = `Not answered yet: task ${row.id} is ${row.status}; ${workspace.name} is ${state}.`
  const body = { result, ...known, queued: true, queue_id: row.id, queue_depth: depth }
  return { status: isPolled(workspace) ? 200 : 202, body }
}

const reasonOf = ({ error }: TaskRow) => error && `${error.detail} ${error.hint}`.trim()
