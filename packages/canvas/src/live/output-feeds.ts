import type { TaskOutputEvent } from '@molecule/contract/event'
import type { OutputChunk } from '@molecule/contract/task'
import { MoleculeError } from '@molecule/sdk'
import { createStore, type StoreApi } from 'zustand/vanilla'
import { logWarning } from '../lib/log.ts'
import { append, emptyOutput, follows, type OutputLog } from './output-log.ts'

export type OutputState = {
  log: OutputLog
  loaded: boolean
  error: MoleculeError | null
}

type Page = { chunks: OutputChunk[]; next: number; done: boolean }

export type OutputFeedsDeps = {
  read: (taskId: string, after: number, signal: AbortSignal) => Promise<Page>
  /** Called with every topic that is watched, whenever that changes. */
  onTopics: (topics: readonly string[]) => void
}

export type OutputFeeds = {
  /** Shared by everybody who watches the task; the last one to leave ends it. */
  watch: (taskId: string) => { store: StoreApi<OutputState>; stop: () => void }
  receive: (event: TaskOutputEvent) => void
  /** Reads what may have been missed, for example after a reconnect or when a task ends. */
  refresh: (taskId?: string) => void
}

type Feed = {
  store: StoreApi<OutputState>
  watchers: number
  next: number
  reading: boolean
  readAgain: boolean
  abort: AbortController
}

/** Pages read in one go; a task's output is capped by the server far below this. */
const maxPages = 200

/** Output of tasks: pushed while the socket is up, and every gap filled from the stored output. */
export function outputFeeds(deps: OutputFeedsDeps): OutputFeeds {
  const feeds = new Map<string, Feed>()
  const announce = () => deps.onTopics([...feeds.keys()].map((id) => `task:${id}`))
  return {
    watch(taskId) {
      const feed = feeds.get(taskId) ?? newFeed()
      feed.watchers += 1
      if (feed.watchers === 1) {
        feeds.set(taskId, feed)
        announce()
        void fill(deps, taskId, feed)
      }
      const stop = () => {
        feed.watchers -= 1
        if (feed.watchers > 0) return
        feed.abort.abort()
        feeds.delete(taskId)
        announce()
      }
      return { store: feed.store, stop }
    },
    receive({ payload }) {
      const feed = feeds.get(payload.task_id)
      if (!feed) return
      const { log } = feed.store.getState()
      if (follows(log, payload)) feed.store.setState({ log: append(log, [payload]) })
      else void fill(deps, payload.task_id, feed)
    },
    refresh(taskId) {
      for (const [id, feed] of feeds) {
        if (taskId === undefined || taskId === id) void fill(deps, id, feed)
      }
    },
  }
}

const newFeed = (): Feed => ({
  store: createStore<OutputState>(() => ({ log: emptyOutput, loaded: false, error: null })),
  watchers: 0,
  next: 0,
  reading: false,
  readAgain: false,
  abort: new AbortController(),
})

/** One reader per feed; a wish that comes meanwhile is served by one more round. */
async function fill(deps: OutputFeedsDeps, taskId: string, feed: Feed): Promise<void> {
  if (feed.reading) {
    feed.readAgain = true
    return
  }
  feed.reading = true
  do {
    feed.readAgain = false
    await readAll(deps, taskId, feed)
  } while (feed.readAgain && !feed.abort.signal.aborted)
  feed.reading = false
}

async function readAll(deps: OutputFeedsDeps, taskId: string, feed: Feed) {
  try {
    for (let pages = 0; pages < maxPages; pages += 1) {
      const page = await deps.read(taskId, feed.next, feed.abort.signal)
      feed.next = page.next
      const { log } = feed.store.getState()
      feed.store.setState({ log: append(log, page.chunks), loaded: true, error: null })
      if (page.chunks.length === 0) return
    }
  } catch (error) {
    if (feed.abort.signal.aborted) return
    if (error instanceof MoleculeError) feed.store.setState({ error })
    else logWarning('reading output failed', { taskId, error })
  }
}
