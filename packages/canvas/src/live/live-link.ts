import type {
  EventFrame,
  LiveCommand,
  LiveMessage,
  Snapshot,
  TaskOutputEvent,
} from '@molecule/contract/event'
import type { Problem } from '@molecule/contract/problem'
import type { Session } from '@molecule/contract/session'
import { MoleculeError } from '@molecule/sdk'
import { backoffMs } from '../lib/backoff.ts'
import { logWarning } from '../lib/log.ts'
import { sleep } from '../lib/sleep.ts'
import { hasGap, reduce } from '../state/reduce.ts'
import type { Access, CanvasStore } from '../state/store.ts'
import { type Batch, batch, type Schedule } from './batch.ts'
import { runConnection, type Socket } from './connection.ts'
import { parseMessage } from './parse-message.ts'

/** The server says something at least every 15 s. */
const silenceMs = 40_000
/** The contract takes no more topics at once. */
const maxTopics = 50

export type LiveLinkDeps = {
  store: CanvasStore
  /** Proves the session; a refusal with 401 ends the link. */
  session: (signal: AbortSignal) => Promise<Session>
  snapshot: (signal: AbortSignal) => Promise<Snapshot>
  open: (since: number) => Socket
  schedule: Schedule
  now: () => number
  random: () => number
  onOutput: (event: TaskOutputEvent) => void
}

export type LiveLink = {
  /** Resolves when the signal aborts or the session has ended. */
  run: (signal: AbortSignal) => Promise<void>
  setTopics: (topics: readonly string[]) => void
  /** Does not wait for the next attempt. */
  retryNow: () => void
}

type Context = {
  deps: LiveLinkDeps
  frames: Batch<EventFrame>
  topics: readonly string[]
  send: ((text: string) => void) | undefined
  /** Ends the present connection, so that the next round resumes or starts over. */
  restart: (() => void) | undefined
  needsSnapshot: boolean
  /** Position at which the last hole was found; a second one there cannot be filled by resuming. */
  holeAt: number | undefined
}

/** The only owner of the socket: connects, resumes by sequence, heals gaps, and feeds the reducer. */
export function liveLink(deps: LiveLinkDeps): LiveLink {
  const context: Context = {
    deps,
    frames: batch<EventFrame>(deps.schedule, (frames) => {
      const live = reduce(deps.store.getState().live, { type: 'frames', frames })
      deps.store.setState({ live })
      if (hasGap(live)) onHole(context)
    }),
    topics: [],
    send: undefined,
    restart: undefined,
    needsSnapshot: true,
    holeAt: undefined,
  }
  let waiting = new AbortController()
  return {
    async run(signal) {
      for (let failures = 0; !signal.aborted; failures += 1) {
        const round = await connectOnce(context, signal)
        if (round.signedOut || signal.aborted) return
        if (round.wasLive) failures = 0
        const delayMs = backoffMs(failures, deps.random)
        markLost(deps, delayMs)
        waiting = new AbortController()
        await sleep(delayMs, AbortSignal.any([signal, waiting.signal]))
      }
    },
    setTopics(topics) {
      context.topics = topics.slice(0, maxTopics)
      sendTopics(context)
    },
    retryNow: () => waiting.abort(),
  }
}

type Hello = Extract<LiveMessage, { event: 'hello' }>

type Round = { signedOut: boolean; wasLive: boolean }

async function connectOnce(context: Context, signal: AbortSignal): Promise<Round> {
  const { deps } = context
  try {
    const session = await deps.session(signal)
    deps.store.setState({ access: { state: 'signed_in', session } })
    if (context.needsSnapshot) await takeSnapshot(context, signal)
    return { signedOut: false, wasLive: await listen(context, signal) }
  } catch (error) {
    const problem = error instanceof MoleculeError ? error.problem : null
    if (problem?.status === 401) {
      deps.store.setState(({ access }) => ({ access: signedOut(access, problem) }))
      return { signedOut: true, wasLive: false }
    }
    if (!problem && !signal.aborted) logWarning('the live link failed', { error })
    if (deps.store.getState().live.epoch === null) deps.store.setState({ loadProblem: problem })
    return { signedOut: false, wasLive: false }
  }
}

function signedOut(access: Access, problem: Problem): Access {
  const why = access.state === 'signed_in' ? 'ended' : 'no_session'
  return access.state === 'signed_out' ? access : { state: 'signed_out', why, problem }
}

async function takeSnapshot(context: Context, signal: AbortSignal) {
  const { store, now } = context.deps
  const snapshot = await context.deps.snapshot(signal)
  context.needsSnapshot = false
  store.setState((state) => ({
    live: reduce(state.live, { type: 'snapshot', snapshot }),
    loadProblem: null,
    clockOffsetMs: Date.parse(snapshot.now) - now(),
  }))
}

/** Listens until the connection ends or a new start is needed. True when it had been live. */
async function listen(context: Context, signal: AbortSignal): Promise<boolean> {
  const { deps, frames } = context
  const stop = new AbortController()
  context.restart = () => stop.abort()
  let wasLive = false
  deps.store.setState(({ live }) => ({ live: { ...live, ahead: new Set() } }))
  await runConnection({
    open: () => deps.open(deps.store.getState().live.seq),
    silenceMs,
    signal: AbortSignal.any([signal, stop.signal]),
    onOpen(send) {
      context.send = send
      sendTopics(context)
    },
    onText(text) {
      if (stop.signal.aborted) return
      const parsed = parseMessage(text)
      if (parsed.kind === 'unknown') return onUnknown(context, parsed)
      if (parsed.message.event !== 'hello') return receive(context, parsed.message)
      wasLive ||= onHello(context, parsed.message)
    },
  })
  context.send = undefined
  context.restart = undefined
  frames.flush()
  return wasLive
}

/** An unknown event changes nothing here, yet a missing position must not look like a hole. */
function onUnknown(context: Context, unknown: { event: string; seq: number | undefined }) {
  logWarning('ignored an unknown event', unknown)
  if (unknown.seq === undefined) return
  context.frames.flush()
  const { store } = context.deps
  const { live } = store.getState()
  if (unknown.seq === live.seq + 1) store.setState({ live: { ...live, seq: unknown.seq } })
}

function receive(context: Context, message: Exclude<LiveMessage, Hello>) {
  const { deps, frames } = context
  switch (message.event) {
    case 'reset':
      return startOver(context)
    case 'bookmark':
      frames.flush()
      setClock(deps, message.now)
      if (message.seq > deps.store.getState().live.seq) onHole(context)
      return
    case 'TASK_OUTPUT':
      return deps.onOutput(message)
    default:
      return frames.add(message)
  }
}

/** True when the feed goes on from what is known. */
function onHello(context: Context, hello: Hello): boolean {
  const { store } = context.deps
  const { live } = store.getState()
  setClock(context.deps, hello.now)
  if (hello.epoch !== live.epoch || hello.head < live.seq) {
    startOver(context)
    return false
  }
  store.setState({ link: { state: 'live' } })
  return true
}

function startOver(context: Context) {
  context.needsSnapshot = true
  context.restart?.()
}

/** Events are missing: resume from the last whole position, or start over if that did not help. */
function onHole(context: Context) {
  const { seq } = context.deps.store.getState().live
  context.needsSnapshot ||= context.holeAt === seq
  context.holeAt = seq
  context.restart?.()
}

function setClock(deps: LiveLinkDeps, serverNow: string) {
  deps.store.setState({ clockOffsetMs: Date.parse(serverNow) - deps.now() })
}

function sendTopics(context: Context) {
  const command: LiveCommand = { type: 'subscribe', topics: [...context.topics] }
  context.send?.(JSON.stringify(command))
}

function markLost(deps: LiveLinkDeps, delayMs: number) {
  const now = deps.now()
  deps.store.setState(({ link }) => ({
    link: {
      state: 'reconnecting',
      since: link.state === 'reconnecting' ? link.since : now,
      retryAt: now + delayMs,
    },
  }))
}
