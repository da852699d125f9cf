import type { HeartbeatEvent, TaskOutputEvent } from '@molecule/contract/event'
import type { WorkspaceId } from '@molecule/contract/id'
import type { OutputChunk } from '@molecule/contract/task'
import type { Db } from '../db/tables.ts'
import { feedHead, readEvents } from '../domain/event/event-store.ts'

/** One event as watchers get it: built once, sent to all. */
export type Frame = { seq: number; text: string }
export type Ephemeral = { topic: string; text: string }

/** Called with whatever became readable: stamped frames in order, or an ephemeral one. */
export type Watcher = { onFrames(frames: Frame[]): void; onEphemeral(event: Ephemeral): void }

export type EventFeed = {
  head(): number
  /** From now on; the answer ends it. */
  watch(watcher: Watcher): () => void
  /** Frames after `since`, or undefined when they are no longer in memory. */
  recent(since: number): Frame[] | undefined
  /** Reads what was stamped since the last time and hands it to all watchers. */
  pump(): Promise<void>
  output(workspaceId: WorkspaceId, chunks: OutputChunk[]): void
  heartbeat(event: HeartbeatEvent): void
}

/** How many frames are kept, so that a watcher who was away for a moment resumes without a query. */
const KEPT = 2000
const PAGE = 500

/** Reads the feed once for all watchers of this process. */
export async function eventFeed(db: Db, orgId: string): Promise<EventFeed> {
  const watchers = new Set<Watcher>()
  let kept: Frame[] = []
  let head = await feedHead(db)
  let keptFrom = head
  let pumping: Promise<void> | undefined
  let isAgain = false

  const read = async () => {
    for (;;) {
      const events = await readEvents(db, orgId, { since: head, limit: PAGE })
      if (events.length === 0) return
      const frames = events.map((event) => ({ seq: event.seq ?? 0, text: JSON.stringify(event) }))
      head = frames.at(-1)?.seq ?? head
      kept = [...kept, ...frames].slice(-KEPT)
      if (kept.length === KEPT) keptFrom = (kept[0]?.seq ?? 1) - 1
      for (const watcher of watchers) watcher.onFrames(frames)
      if (events.length < PAGE) return
    }
  }
  const send = (event: Ephemeral) => {
    for (const watcher of watchers) watcher.onEphemeral(event)
  }
  return {
    head: () => head,
    watch(watcher) {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    recent: (since) => (since < keptFrom ? undefined : kept.filter((frame) => frame.seq > since)),
    async pump() {
      isAgain = true
      pumping ??= (async () => {
        while (isAgain) {
          isAgain = false
          await read()
        }
      })().finally(() => {
        pumping = undefined
      })
      await pumping
    },
    output(workspaceId, chunks) {
      for (const chunk of chunks) send(outputEvent(workspaceId, chunk))
    },
    heartbeat: (event) => send({ topic: 'org', text: JSON.stringify(event) }),
  }
}

function outputEvent(workspaceId: WorkspaceId, chunk: OutputChunk): Ephemeral {
  const event: TaskOutputEvent = {
    event: 'TASK_OUTPUT',
    entity: 'task_output',
    workspace_id: workspaceId,
    entity_id: chunk.task_id,
    timestamp: chunk.at,
    rev: 0,
    actor: `workspace:${workspaceId}`,
    payload: chunk,
  }
  return { topic: `task:${chunk.task_id}`, text: JSON.stringify(event) }
}
