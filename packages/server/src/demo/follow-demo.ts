import type { StoredEvent } from '@molecule/contract/event'
import type { TaskId } from '@molecule/contract/id'
import { isTerminal, type TaskSummary } from '@molecule/contract/task'
import type { Db } from '../db/tables.ts'
import { feedHead, readEvents } from '../domain/event/event-store.ts'
import { scopeOf } from '../domain/identity/principal.ts'
import { resultOf, taskById } from '../domain/task/task-store.ts'
import { listWorkspaces } from '../domain/workspace/workspace-store.ts'
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
  const { db, orgId, closing } = services
  const describe = narrator(await namesOf(services))
  let at = since
  while (!signal.aborted && !closing.aborted) {
    const events = await waitFor(services, {
      keys: ['stamped'],
      seconds: WAIT_S,
      signal,
      look: () => readEvents(db, orgId, { since: at, limit: PAGE }),
      isEnough: (found) => found.length > 0,
    })
    for (const line of events.flatMap(describe)) say(line)
    at = events.at(-1)?.seq ?? at
    const report = at >= (await feedHead(db)) ? await reportOf(db, task) : undefined
    if (report !== undefined) return report
  }
  return undefined
}

/** What the ended task answered, or why it did not. */
async function reportOf(db: Db, task: TaskId): Promise<string | undefined> {
  const row = await taskById(db, task)
  if (!row || !isTerminal(row.status)) return undefined
  const failure = `The task ended as ${row.status}: ${row.error?.detail ?? ''} ${row.error?.hint ?? ''}`
  return (await resultOf(db, task)) ?? failure
}

/** Of a demo that goes on only what is new is told, but everybody by name. */
async function namesOf({ db, orgId }: Services): Promise<Map<string, string>> {
  const rows = await listWorkspaces(db, scopeOf({ kind: 'system', orgId }))
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Turns events into lines for a person; what would only be noise gives none. */
function narrator(names: Map<string, string>): (event: StoredEvent) => string[] {
  const nameOf = (id: string) => names.get(id) ?? id.slice(0, 8)
  return (event) => {
    if (event.entity === 'task') return describeTask(event.payload.task, nameOf)
    names.set(event.workspace_id, event.payload.workspace.name)
    return describeWorkspace(event)
  }
}

function describeWorkspace({
  event,
  payload,
}: Extract<StoredEvent, { entity: 'workspace' }>): string[] {
  const { name, failure_reason: reason, incarnation } = payload.workspace
  if (event === 'WORKSPACE_ONLINE')
    return [`${name} is online${incarnation > 1 ? ` again (start ${incarnation})` : ''}`]
  const isTrouble = event === 'WORKSPACE_OFFLINE' || event === 'WORKSPACE_PROVISION_FAILED'
  return isTrouble && reason ? [`${name}: ${firstLine(reason.detail)} ${reason.hint}`] : []
}

function describeTask(task: TaskSummary, nameOf: (id: string) => string): string[] {
  const who = nameOf(task.callee_id)
  const asker = task.caller.kind === 'workspace' ? nameOf(task.caller.id) : 'you'
  if (task.rev === 1) return [`${asker} → ${who}: ${firstLine(task.preview)}`]
  if (task.status === 'completed') return [`${who} is done`]
  if (task.error) return [`${who} ${task.status}: ${task.error.detail} ${task.error.hint}`]
  const isRetried = task.retry_count > 0 && task.attempt === task.retry_count
  return isRetried
    ? [`${who} was interrupted: attempt ${task.retry_count + 1} of ${task.max_attempts}`]
    : []
}

const firstLine = (text: string) => text.split('\n')[0] ?? ''
