import type { ActivityEvent, LiveControl, StoredEvent } from '@molecule/contract/event'
import type { WorkspaceId } from '@molecule/contract/id'
import { readEvents } from '../domain/event/event-store.ts'
import { type Sight, sightOf } from '../domain/event/sight.ts'
import { CREDENTIALS_CHANGED, isStillValid } from '../domain/identity/credential-store.ts'
import { type Principal, scopeOf } from '../domain/identity/principal.ts'
import { findTask } from '../domain/task/task-store.ts'
import type { Services } from './context.ts'
import { type Ephemeral, type Frame, frameOf } from './event-feed.ts'
import { followActivity } from './follow-activity.ts'

const BOOKMARK_MS = 15_000
/** A gap larger than this is not replayed: the client takes a snapshot. */
const MAX_REPLAY = 5000
const PAGE = 500

/** Where a follower's messages go; how they are framed is the matter of the protocol. */
export type Sink = {
  control(control: LiveControl): void
  /** What may be seen of the feed from `from` to `to`; without an event it only moves the position. */
  frames(frames: Frame[], span: { from: number; to: number }): void
  ephemeral(event: Pick<Ephemeral, 'text'>): void
  /** The credential is not valid any more. */
  refuse(): void
}

type From = { since: number | undefined; principal: Principal }

export type Following = {
  /** Ends when the follower does; rejects when it could not begin. */
  begun: Promise<void>
  /** Replaces the topics; those of tasks and logs that the principal has no part in are left out. */
  subscribe(topics: readonly string[]): Promise<void>
  end(): void
}

/** Sends one principal what it may see of the feed: first what it missed, then everything as it comes. */
export function followFeed(services: Services, { since, principal }: From, sink: Sink): Following {
  const { feed, clock, epoch } = services
  const sight = sightOf(principal, feed.tree)
  const ending = new AbortController()
  let sent = since ?? feed.head()
  let reach = sight.reach()
  let waiting: Frame[] | undefined = []
  let topics = new Set<string>(['org'])
  const now = () => new Date(clock.now()).toISOString()
  const reset = () => {
    sent = feed.head()
    sink.control({ event: 'reset', head: sent })
  }
  const send = (frames: Frame[]) => {
    const fresh = frames.filter((frame) => frame.seq > sent)
    const last = fresh.at(-1)
    if (!last) return
    if (reach !== sight.reach()) {
      reach = sight.reach()
      return reset()
    }
    const span = { from: sent, to: last.seq }
    sent = last.seq
    sink.frames(seen(sight, fresh), span)
  }
  const unwatch = feed.watch({
    onFrames: (frames) => (waiting ? waiting.push(...frames) : send(frames)),
    onEphemeral: (event) => {
      if (topics.has(event.topic) && sight.sees(event.about)) sink.ephemeral(event)
    },
  })
  const logs = followLogs(services, (event) => sink.ephemeral({ text: JSON.stringify(event) }))
  const check = async () => {
    if (!(await isWelcome(services, principal))) sink.refuse()
  }
  const unsubscribe = services.wakes.subscribe(CREDENTIALS_CHANGED, () => {
    check().catch((error) => services.log.warn({ error }, 'a credential could not be checked'))
  })
  const begin = async () => {
    sink.control({ event: 'hello', epoch, head: feed.head(), now: now() })
    if (sent > feed.head() || feed.head() - sent > MAX_REPLAY) reset()
    else await catchUp(services, principal, { since: sent, send })
    send(waiting ?? [])
    waiting = undefined
    const bookmark = async () => {
      sink.control({ event: 'bookmark', seq: sent, now: now() })
      await check()
    }
    await clock.every(BOOKMARK_MS, bookmark, ending.signal)
  }
  return {
    begun: begin(),
    async subscribe(wanted) {
      const allowed = await permitted(services, principal, wanted)
      topics = new Set(['org', ...allowed])
      await logs.follow(allowed)
    },
    end() {
      logs.end()
      unwatch()
      unsubscribe()
      ending.abort()
    },
  }
}

const isWelcome = async ({ db }: Services, principal: Principal): Promise<boolean> =>
  !('credentialId' in principal && principal.credentialId) ||
  isStillValid(db, principal.credentialId)

/** The frames that a sight lets through, in the form it may read. */
function seen(sight: Sight, frames: Frame[]): Frame[] {
  if (sight.isWhole) return frames
  return frames
    .filter((frame) => sight.sees(frame.about))
    .map((frame) => frameOf(sight.show(JSON.parse(frame.text) as StoredEvent)))
}

/** From memory when the gap is short, else page by page from the database. */
async function catchUp(
  { feed, db }: Services,
  { orgId }: Principal,
  { since, send }: { since: number; send: (frames: Frame[]) => void },
): Promise<void> {
  const recent = feed.recent(since)
  if (recent) return send(recent)
  const head = feed.head()
  for (let at = since; at < head; ) {
    const events = await readEvents(db, orgId, { since: at, limit: PAGE })
    if (events.length === 0) return
    send(events.map(frameOf))
    at = events.at(-1)?.seq ?? head
  }
}

const LOG = 'activity:'

/** Follows the logs among the topics, and lets go of those that are not among them any more. */
function followLogs(services: Services, send: (event: ActivityEvent) => void) {
  const followed = new Map<string, Promise<() => void>>()
  const letGo = async (topic: string) => {
    const stop = followed.get(topic)
    followed.delete(topic)
    const end = await stop
    end?.()
  }
  return {
    async follow(topics: readonly string[]) {
      const wanted = topics.filter((topic) => topic.startsWith(LOG))
      for (const topic of wanted)
        if (!followed.has(topic))
          followed.set(
            topic,
            followActivity(services, topic.slice(LOG.length) as WorkspaceId, send),
          )
      const unwanted = [...followed.keys()].filter((topic) => !wanted.includes(topic))
      await Promise.all(unwanted.map(letGo))
      await Promise.all(followed.values())
    },
    end() {
      for (const topic of [...followed.keys()]) letGo(topic).catch(() => {})
    },
  }
}

async function permitted(
  { db }: Services,
  principal: Principal,
  topics: readonly string[],
): Promise<string[]> {
  if (principal.kind !== 'workspace') return [...topics]
  const own = principal.workspaceId
  const isOwnLog = (topic: string) => topic === `${LOG}${own}`
  const checked = await Promise.all(
    topics.map(async (topic) => {
      if (isOwnLog(topic)) return [topic]
      const task = await findTask(db, scopeOf(principal), topic.replace(/^task:/, ''))
      return task && [task.callerId, task.calleeId].includes(own) ? [topic] : []
    }),
  )
  return checked.flat()
}
