import { type StreamResponse, TaskState } from '@a2a-js/sdk'
import { isTerminal } from '@molecule/contract/task'
import type { TaskRow } from '../../db/tables.ts'
import { readOutput } from '../../domain/task/task-output.ts'
import { resultOf, taskById } from '../../domain/task/task-store.ts'
import type { Services } from '../../http/context.ts'
import { waitFor } from '../../http/wait.ts'
import { taskNotFound } from './errors.ts'
import { a2aTask, isInterrupted, resultArtifact, says, stateOf, statusOf } from './task-view.ts'

type Known = Pick<Services, 'db' | 'wakes' | 'clock' | 'closing'>

const PAGE = 100
const LOOK_AGAIN_S = 25

type Follow = { row: TaskRow; request: string; signal: AbortSignal }
type Told = AsyncGenerator<StreamResponse, void, undefined>

/**
 * What a stream tells of a task: the task itself, all it has printed so far and prints from now on, each change of its state, its
 * result, and its end. It is read from what is stored, so every stream of a task tells the same, also after a restart.
 */
export async function* followTask(services: Known, { row, request, signal }: Follow): Told {
  yield { payload: { $case: 'task', value: a2aTask(row, { request }) } }
  const position = { printed: 0, state: stateOf(row) }
  for (let seen = row; !isOver(seen) && !signal.aborted && !services.closing.aborted; ) {
    const { row: now, chunks } = await nextOf(services, { id: row.id, position, signal })
    for (const { text } of chunks) {
      position.printed += 1
      if (text !== '') yield working(now, `output-${position.printed}`, text)
    }
    // Of a full page there may be more, and all of it comes before the end.
    if (chunks.length === PAGE) continue
    if (stateOf(now) !== position.state) yield* newState(services, now)
    position.state = stateOf(now)
    seen = now
  }
}

const isOver = (row: TaskRow) => isTerminal(row.status) || isInterrupted(row)

type Position = { printed: number; state: TaskState }

function nextOf(
  services: Known,
  { id, position, signal }: { id: TaskRow['id']; position: Position; signal: AbortSignal },
) {
  const { db } = services
  return waitFor(services, {
    keys: [`task:${id}`, `output:${id}`],
    seconds: LOOK_AGAIN_S,
    signal,
    look: async () => {
      const row = await taskById(db, id)
      if (!row) throw taskNotFound(id)
      return { row, chunks: await readOutput(db, id, { after: position.printed, limit: PAGE }) }
    },
    isEnough: ({ row, chunks }) => chunks.length > 0 || stateOf(row) !== position.state,
  })
}

async function* newState({ db }: Known, row: TaskRow): Told {
  if (row.status === 'completed') yield result(row, (await resultOf(db, row.id)) ?? '')
  yield statusUpdate(row)
}

const statusUpdate = (row: TaskRow): StreamResponse => ({
  payload: {
    $case: 'statusUpdate',
    value: { taskId: row.id, contextId: row.contextId, status: statusOf(row), metadata: undefined },
  },
})

/** What the agent prints on the way is a message of a task that goes on. */
const working = (row: TaskRow, part: string, text: string): StreamResponse => ({
  payload: {
    $case: 'statusUpdate',
    value: {
      taskId: row.id,
      contextId: row.contextId,
      status: {
        state: TaskState.TASK_STATE_WORKING,
        timestamp: new Date(row.updatedAt).toISOString(),
        message: says(row, part, text),
      },
      metadata: undefined,
    },
  },
})

const result = (row: TaskRow, text: string): StreamResponse => ({
  payload: {
    $case: 'artifactUpdate',
    value: {
      taskId: row.id,
      contextId: row.contextId,
      artifact: resultArtifact(text),
      append: false,
      lastChunk: true,
      metadata: undefined,
    },
  },
})
