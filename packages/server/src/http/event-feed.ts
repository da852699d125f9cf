import type {
  A2aResponseEvent,
  HeartbeatEvent,
  StoredEvent,
  TaskEvent,
  TaskOutputEvent,
  TaskUpdatedEvent,
} from '@molecule/contract/event'
import type { WorkspaceId } from '@molecule/contract/id'
import type { OutputChunk } from '@molecule/contract/task'
import type { Db } from '../db/tables.ts'
import { feedHead, readEvents } from '../domain/event/event-store.ts'
import { type OrgTree, orgTree } from '../domain/event/org-tree.ts'
import { type About, aboutOf } from '../domain/event/sight.ts'
import type { Flushed } from '../domain/host/heartbeats.ts'
import type { Report } from '../domain/registry/report.ts'
import { resultOf } from '../domain/task/task-store.ts'
import { liveNodes } from '../domain/workspace/workspace-store.ts'
import { idle, loads } from '../domain/workspace/workspace-wire.ts'
import { sharedRounds } from '../lib/shared-rounds.ts'

/** One event as watchers get it: built once, sent to all who may see it. */
export type Frame = { seq: number; event: StoredEvent['event']; text: string; about: About }
export type Ephemeral = { topic: string; text: string; about: About }

export const frameOf = (event: StoredEvent): Frame => ({
  seq: event.seq ?? 0,
  event: event.event,
  text: JSON.stringify(event),
  about: aboutOf(event),
})

/** Called with whatever became readable: stamped frames in order, or an ephemeral one. */
export type Watcher = { onFrames(frames: Frame[]): void; onEphemeral(event: Ephemeral): void }

export type EventFeed = {
  head(): number
  /** Who stands under whom, as of the newest event. */
  tree: OrgTree
  /** From now on; the answer ends it. */
  watch(watcher: Watcher): () => void
  /** Frames after `since`, or undefined when they are no longer in memory. */
  recent(since: number): Frame[] | undefined
  /** Reads what was stamped since the last time and hands it to all watchers. */
  pump(): Promise<void>
  output(workspaceId: WorkspaceId, chunks: OutputChunk[]): void
  /** Tells watchers which workspaces reported at that time, with their load. */
  heartbeats(beat: Flushed): Promise<void>
}

/** How many frames are kept, so that a watcher who was away for a moment resumes without a query. */
const KEPT = 2000
const PAGE = 500

/** Reads the feed once for all watchers of this process. */
export async function eventFeed(db: Db, orgId: string): Promise<EventFeed> {
  const watchers = new Set<Watcher>()
  const memory = frameMemory(await feedHead(db))
  const tree = orgTree(await liveNodes(db, orgId))
  const send = (event: Ephemeral) => {
    for (const watcher of watchers) watcher.onEphemeral(event)
  }
  /** Whoever shows a chat gets the answer as it is, not the part of it that lists show. */
  const sendReplies = async (events: readonly StoredEvent[]) => {
    if (watchers.size === 0) return
    for (const event of events)
      if (event.event === 'TASK_COMPLETE' && event.payload.task.caller.kind === 'user')
        send(replyEvent(event, (await resultOf(db, event.payload.task.id)) ?? ''))
  }
  const doing = new Map<WorkspaceId, string>()
  const sendReport = (id: WorkspaceId, at: number, report: Report, active: number) => {
    const { reportedTask } = report
    if (reportedTask === undefined || doing.get(id) === reportedTask) return
    doing.set(id, reportedTask ?? '')
    send(
      ephemeral('org', reportEvent(id, at, { current_task: reportedTask, active_tasks: active })),
    )
  }
  const readOn = async () => {
    for (let isMore = true; isMore; ) {
      const events = await readEvents(db, orgId, { since: memory.head(), limit: PAGE })
      isMore = events.length === PAGE
      const frames = events.map(frameOf)
      tree.follow(events)
      memory.add(frames)
      for (const watcher of frames.length > 0 ? watchers : []) watcher.onFrames(frames)
      await sendReplies(events)
    }
  }
  return {
    head: memory.head,
    tree,
    recent: memory.after,
    watch(watcher) {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
    pump: sharedRounds(readOn),
    output(workspaceId, chunks) {
      for (const chunk of chunks) send(outputEvent(workspaceId, chunk))
    },
    async heartbeats({ at, workspaceIds, reports }) {
      if (watchers.size === 0 || workspaceIds.length === 0) return
      const load = await loads(db, workspaceIds)
      for (const id of workspaceIds) {
        const activeTasks =
          reports.get(id)?.reportedActiveTasks ?? load.get(id)?.activeTasks ?? idle.activeTasks
        send(ephemeral('org', heartbeatEvent(id, at, activeTasks)))
        const report = reports.get(id)
        if (report) sendReport(id, at, report, activeTasks)
      }
    },
  }
}

/** The newest frames, and from which position on it has them all. */
function frameMemory(from: number) {
  let kept: Frame[] = []
  let floor = from
  let head = from
  return {
    head: () => head,
    add(frames: Frame[]) {
      head = frames.at(-1)?.seq ?? head
      kept = [...kept, ...frames]
      const dropped = kept.splice(0, Math.max(0, kept.length - KEPT))
      floor = dropped.at(-1)?.seq ?? floor
    },
    after: (since: number) =>
      since < floor ? undefined : kept.filter((frame) => frame.seq > since),
  }
}

function heartbeatEvent(id: WorkspaceId, at: number, activeTasks: number): HeartbeatEvent {
  const timestamp = new Date(at).toISOString()
  return {
    event: 'WORKSPACE_HEARTBEAT',
    entity: 'heartbeat',
    workspace_id: id,
    entity_id: id,
    timestamp,
    rev: 0,
    actor: `workspace:${id}`,
    payload: { active_tasks: activeTasks, last_heartbeat_at: timestamp },
  }
}

function reportEvent(
  id: WorkspaceId,
  at: number,
  payload: TaskUpdatedEvent['payload'],
): TaskUpdatedEvent {
  return {
    event: 'TASK_UPDATED',
    entity: 'report',
    workspace_id: id,
    entity_id: id,
    timestamp: new Date(at).toISOString(),
    rev: 0,
    actor: `workspace:${id}`,
    payload,
  }
}

function replyEvent(
  { payload: { task }, timestamp, actor, rev }: TaskEvent,
  text: string,
): Ephemeral {
  return ephemeral('org', {
    event: 'A2A_RESPONSE',
    entity: 'reply',
    workspace_id: task.callee_id,
    entity_id: task.id,
    timestamp,
    rev,
    actor,
    payload: {
      task_id: task.id,
      response_body: text,
      method: 'message/send',
      duration_ms: Date.parse(timestamp) - Date.parse(task.created_at),
    },
  })
}

function outputEvent(workspaceId: WorkspaceId, chunk: OutputChunk): Ephemeral {
  return ephemeral(`task:${chunk.task_id}`, {
    event: 'TASK_OUTPUT',
    entity: 'task_output',
    workspace_id: workspaceId,
    entity_id: chunk.task_id,
    timestamp: chunk.at,
    rev: 0,
    actor: `workspace:${workspaceId}`,
    payload: chunk,
  })
}

/** Whoever may subscribe to the topic of a task may see its output; a heartbeat, whoever may see the workspace. */
const ephemeral = (
  topic: string,
  event: HeartbeatEvent | TaskOutputEvent | TaskUpdatedEvent | A2aResponseEvent,
): Ephemeral => ({
  topic,
  text: JSON.stringify(event),
  about: { entity: 'workspace', ids: [event.workspace_id] },
})
