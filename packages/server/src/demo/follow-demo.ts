import type { StoredEvent } from '@molecule/contract/event'
import type { TaskId } from '@molecule/contract/id'
import { isTerminal, type TaskSummary } from '@molecule/contract/task'
import type { Db } from '../db/tables.ts'
import { feedHead, readEvents } from '../domain/event/event-store.ts'
import { resultOf, taskById } from '../domain/task/task-store.ts'
import type { Services } from '../http/context.ts'
import { waitFor } from '../http/wait.ts'

type Follow = { task: TaskId; since: number; say: (line: string) => void; signal: AbortSignal }

const PAGE = 200
const WAIT_S = 25

/** Tells in the terminal what the organization does, until its task has ended; answers the report. */
export async function followDemo(
  services: Services,
  { task, since, say, signal }: Follow,
): Promise<string | undefined> {
  const { db, orgId } = services
  const names = new Map<string, string>()
  for (let at = since; !signal.aborted; ) {
    const events = await waitFor(services, {
      keys: ['stamped'],
      seconds: WAIT_S,
      signal,
      look: () => readEvents(db, orgId, { since: at, limit: PAGE }),
      isEnough: (found) => found.length > 0,
    })
    for (const event of events) {
      if (event.entity === 'workspace') names.set(event.workspace_id, event.payload.workspace.name)
      const line = describe(event, names)
      if (line) say(line)
    }
    at = events.at(-1)?.seq ?? at
    const row = await taskById(db, task)
    if (!row || services.closing.aborted) return undefined
    if (isTerminal(row.status) && events.length === 0) return reportOf(db, task)
    if (isTerminal(row.status) && at >= (await feedHead(db))) return reportOf(db, task)
  }
  return undefined
}

async function reportOf(db: Db, task: TaskId): Promise<string> {
  const row = await taskById(db, task)
  return (
    (await resultOf(db, task)) ??
    `The task ended as ${row?.status}: ${row?.error?.detail ?? ''} ${row?.error?.hint ?? ''}`
  )
}

/** One line for a person, or nothing for what would only be noise. */
function describe(event: StoredEvent, names: Map<string, string>): string | undefined {
  if (event.entity === 'workspace') return describeWorkspace(event)
  const { task } = event.payload
  return describeTask(task, (id) => names.get(id) ?? id.slice(0, 8))
}

function describeWorkspace({ event, payload }: Extract<StoredEvent, { entity: 'workspace' }>) {
  const { name, failure_reason, incarnation } = payload.workspace
  if (event === 'WORKSPACE_ONLINE')
    return `${name} is online${incarnation > 1 ? ` again (start ${incarnation})` : ''}`
  if (event === 'WORKSPACE_OFFLINE' || event === 'WORKSPACE_PROVISION_FAILED')
    return `${name}: ${failure_reason?.detail.split('\n')[0]} ${failure_reason?.hint ?? ''}`
  return undefined
}

function describeTask(task: TaskSummary, nameOf: (id: string) => string): string | undefined {
  const who = nameOf(task.callee_id)
  const asker = task.caller.kind === 'workspace' ? nameOf(task.caller.id) : 'you'
  if (task.status === 'queued' && task.rev === 1)
    return `${asker} → ${who}: ${firstLine(task.preview)}`
  if (task.status === 'in_progress' && task.retry_count > 0 && task.ended_at === null)
    return `${who} was interrupted: attempt ${task.retry_count + 1} of ${task.max_attempts}`
  if (task.status === 'completed') return `${who} is done`
  if (task.error) return `${who} ${task.status}: ${task.error.detail} ${task.error.hint}`
  return undefined
}

const firstLine = (text: string) => text.split('\n')[0] ?? ''
