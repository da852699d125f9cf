import type { AttemptProgress } from '@molecule/contract/host'
import type { TaskId } from '@molecule/contract/id'
import { OutputChunk } from '@molecule/contract/task'
import { dbNow } from '../../db/dialect/dialect.ts'
import type { Db, Queryable } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { wake } from '../wake.ts'
import { type HostRef, hostsWorkspace } from './task-lease.ts'

/** Stored output of one attempt, in UTF-16 code units; what goes beyond is dropped by the host with a marker. */
const MAX_STORED_OUTPUT = 1_100_000

/** Stores new chunks; a chunk that is there already, or that is not the holder's of the fence, is passed over. */
export async function appendOutput(
  db: Db,
  host: HostRef,
  progress: AttemptProgress[],
): Promise<OutputChunk[]> {
  const withOutput = progress.filter((each) => each.output.length > 0)
  if (withOutput.length === 0) return []
  return transact(db, async (tx) => {
    await hostsWorkspace(tx, host)
    const at = await dbNow(tx)
    const stored: OutputChunk[] = []
    for (const each of withOutput) {
      if (!(await holdsFence(tx, host, each))) continue
      const kept = each.output.filter((chunk) => chunk.offset < MAX_STORED_OUTPUT)
      if (kept.length === 0) continue
      const rows = await tx
        .insertInto('taskOutput')
        .values(
          kept.map((chunk) => ({
            taskId: each.task_id as TaskId,
            attempt: each.attempt,
            chunk: chunk.chunk,
            position: chunk.offset,
            stream: chunk.stream,
            text: chunk.text,
            at,
          })),
        )
        .onConflict((on) => on.columns(['taskId', 'attempt', 'chunk']).doNothing())
        .returningAll()
        .execute()
      stored.push(...rows.map(outputToWire))
      wake(tx, `output:${each.task_id}`)
    }
    return stored
  })
}

async function holdsFence(tx: Queryable, host: HostRef, ref: AttemptProgress): Promise<boolean> {
  const attempt = await tx
    .selectFrom('taskAttempts')
    .innerJoin('tasks', 'tasks.id', 'taskAttempts.taskId')
    .select('taskAttempts.fence')
    .where('tasks.calleeId', '=', host.workspaceId)
    .where('taskAttempts.taskId', '=', ref.task_id as TaskId)
    .where('taskAttempts.no', '=', ref.attempt)
    .where('taskAttempts.endedAt', 'is', null)
    .executeTakeFirst()
  return attempt?.fence === ref.fence
}

/** Output of all attempts in order, from the `after`-th chunk on. */
export async function readOutput(
  db: Db,
  id: TaskId,
  { after, limit }: { after: number; limit: number },
): Promise<OutputChunk[]> {
  const rows = await db
    .selectFrom('taskOutput')
    .selectAll()
    .where('taskId', '=', id)
    .orderBy('attempt')
    .orderBy('chunk')
    .offset(after)
    .limit(limit)
    .execute()
  return rows.map(outputToWire)
}

type OutputRow = {
  taskId: TaskId
  attempt: number
  chunk: number
  position: number
  stream: 'stdout' | 'stderr'
  text: string
  at: number
}

const outputToWire = (row: OutputRow): OutputChunk =>
  OutputChunk.parse({
    task_id: row.taskId,
    attempt: row.attempt,
    chunk: row.chunk,
    offset: row.position,
    stream: row.stream,
    text: row.text,
    at: new Date(row.at).toISOString(),
  })
