import { type ListTasksRequest, TaskState } from '@a2a-js/sdk'
import type { TaskId, WorkspaceId } from '@molecule/contract/id'
import type { TaskStatus } from '@molecule/contract/task'
import type { Db, TaskRow } from '../../db/tables.ts'
import { type Principal, scopeOf } from '../../domain/identity/principal.ts'
import { malformed } from './errors.ts'

const USUAL_PAGE = 50
const MOST_PAGE = 100

type Place = { at: number; id: string }
export type ListedTasks = {
  rows: TaskRow[]
  total: number
  pageSize: number
  nextPageToken: string
}

/** Tasks of a workspace that the principal may see, the newest status first. */
export async function listA2aTasks(
  db: Db,
  { principal, workspaceId }: { principal: Principal; workspaceId: WorkspaceId },
  asked: ListTasksRequest,
): Promise<ListedTasks> {
  const pageSize = sizeOf(asked)
  const from = asked.pageToken === '' ? undefined : placeOf(asked.pageToken)
  const after = timeOf(asked.statusTimestampAfter)
  const own = principal.kind === 'workspace' && principal.workspaceId !== workspaceId
  const found = db
    .selectFrom('tasks')
    .where('orgId', '=', scopeOf(principal).orgId)
    .where('calleeId', '=', workspaceId)
    .$if(own, (q) =>
      q.where('callerKind', '=', 'workspace').where('callerId', '=', ownId(principal)),
    )
    .$if(asked.contextId !== '', (q) => q.where('contextId', '=', asked.contextId))
    .$if(after !== undefined, (q) => q.where('updatedAt', '>=', after ?? 0))
    .$if(asked.status !== TaskState.TASK_STATE_UNSPECIFIED, (q) => {
      const { statuses, waiting } = wanted(asked.status)
      const inState = q.where('status', 'in', statuses)
      return waiting
        ? inState.where('waitingFor', 'in', waiting)
        : inState.where((is) =>
            is.or([
              is('waitingFor', 'is', null),
              is('waitingFor', 'not in', ['input', 'approval', 'auth']),
            ]),
          )
    })
  const { count } = await found
    .select((is) => is.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const rows = await found
    .selectAll()
    .$if(from !== undefined, (q) =>
      q.where((is) =>
        is.or([
          is('updatedAt', '<', from?.at ?? 0),
          is.and([is('updatedAt', '=', from?.at ?? 0), is('id', '<', (from?.id ?? '') as TaskId)]),
        ]),
      ),
    )
    .orderBy('updatedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(pageSize + 1)
    .execute()
  const page = rows.slice(0, pageSize)
  const last = rows.length > pageSize ? page.at(-1) : undefined
  const nextPageToken = last ? tokenOf({ at: last.updatedAt, id: last.id }) : ''
  return { rows: page, total: Number(count), pageSize, nextPageToken }
}

const ownId = (principal: Principal) =>
  principal.kind === 'workspace' ? principal.workspaceId : ('' as WorkspaceId)

const open: TaskStatus[] = ['queued', 'dispatched', 'in_progress']

/** Statuses of the ledger that an A2A state stands for, and what such a task waits for. */
function wanted(state: TaskState): {
  statuses: TaskStatus[]
  waiting?: ('input' | 'approval' | 'auth')[]
} {
  switch (state) {
    case TaskState.TASK_STATE_SUBMITTED:
      return { statuses: ['queued'] }
    case TaskState.TASK_STATE_WORKING:
      return { statuses: ['dispatched', 'in_progress'] }
    case TaskState.TASK_STATE_COMPLETED:
      return { statuses: ['completed'] }
    case TaskState.TASK_STATE_FAILED:
      return { statuses: ['failed', 'stuck'] }
    case TaskState.TASK_STATE_CANCELED:
      return { statuses: ['canceled'] }
    case TaskState.TASK_STATE_INPUT_REQUIRED:
      return { statuses: open, waiting: ['input', 'approval'] }
    case TaskState.TASK_STATE_AUTH_REQUIRED:
      return { statuses: open, waiting: ['auth'] }
    case TaskState.TASK_STATE_REJECTED:
      return { statuses: [] }
    default:
      throw malformed('status is not a state of a task.')
  }
}

function sizeOf({ pageSize = USUAL_PAGE }: ListTasksRequest): number {
  if (Number.isInteger(pageSize) && pageSize >= 1 && pageSize <= MOST_PAGE) return pageSize
  throw malformed(`pageSize is a whole number from 1 to ${MOST_PAGE}.`)
}

function timeOf(timestamp: string | undefined): number | undefined {
  if (timestamp === undefined || timestamp === '') return undefined
  const at = Date.parse(timestamp)
  if (Number.isNaN(at)) throw malformed('statusTimestampAfter is no time of ISO 8601.')
  return at
}

const tokenOf = (place: Place) => Buffer.from(JSON.stringify(place)).toString('base64url')

function placeOf(token: string): Place {
  try {
    const { at, id } = JSON.parse(Buffer.from(token, 'base64url').toString()) as Partial<Place>
    if (Number.isSafeInteger(at) && typeof id === 'string') return { at: at as number, id }
  } catch {
    // Told below.
  }
  throw malformed('pageToken is not one that this list has given.')
}
