import type { ResourceRow, WorkspaceRow } from '../db/tables.ts'
import { isExternal } from '../domain/workspace/external.ts'

/** What a backend says of the current start; `none` when nothing was asked. */
export type Observed = 'running' | 'absent' | 'unknown' | 'none'

export type Facts = {
  row: WorkspaceRow
  /** Everything of this workspace that is not proven gone. */
  open: ResourceRow[]
  observed: Observed
  now: number
  /** The server is going down and takes its agents along. */
  isDraining: boolean
  provisionTimeoutMs: number
  /** Without a heartbeat for longer, a host or an agent elsewhere counts as silent. */
  silentAfterMs: number
  /** Silence is held against it; a fresh server waits first. */
  silenceCounts: boolean
}

export type Step =
  | { do: 'nothing' }
  | { do: 'begin'; planned: boolean }
  | { do: 'launch'; resource: ResourceRow }
  | { do: 'stop'; resource: ResourceRow }
  | { do: 'bury'; resource: ResourceRow }
  | { do: 'timeout' }
  | { do: 'goSilent'; unreachable: boolean }
  | { do: 'awaitAgent'; silent: boolean }
  | { do: 'observe' }
  | { do: 'doze' }
  | { do: 'rest'; as: 'paused' | 'hibernated' }
  | { do: 'remove' }
  | { do: 'purge' }

export const SILENT_MS = 20_000
export const SILENT_RESTART_MS = 10 * 60_000

const nothing: Step = { do: 'nothing' }

/** The decision table: what is wanted, against what was observed. It remembers nothing and touches nothing. */
export function decide(facts: Facts): Step {
  const { row, isDraining } = facts
  if (isDraining || row.desiredState !== 'running') return decideStopped(facts)
  if (isExternal(row)) return decideExternal(facts)
  if (row.restartGeneration > row.startedGeneration) return { do: 'begin', planned: true }
  const isCurrent = (each: ResourceRow) =>
    each.incarnation === row.incarnation && each.leakSuspectAt === null
  const leftover = facts.open.find((each) => !isCurrent(each) && isDue(each, facts.now))
  if (leftover) return { do: 'stop', resource: leftover }
  const current = facts.open.find(isCurrent)
  return current ? decideOpen(facts, current) : decideAbsent(facts)
}

function decideStopped(facts: Facts): Step {
  const { row, open, now, isDraining } = facts
  const wished = row.desiredState
  const isDozing = row.status === 'hibernating' || row.status === 'hibernated'
  if (wished === 'hibernated' && open.length > 0 && !isDozing) return { do: 'doze' }
  const due = open.find((each) => isDue(each, now))
  if (due) return { do: 'stop', resource: due }
  if (wished === 'paused' || wished === 'hibernated') return decideResting(facts, wished)
  return wished === 'removed' && !isDraining ? decideRemoved(facts) : nothing
}

/** At rest only when all of it is proven gone: until then the status stays, and says why. */
function decideResting({ row, open }: Facts, as: 'paused' | 'hibernated'): Step {
  if (open.length > 0) return nothing
  if (row.status !== as) return { do: 'rest', as }
  return row.observedGeneration < row.generation ? { do: 'observe' } : nothing
}

/** A stop that fails never blocks the row; what was stored goes only when nothing can still use it. */
function decideRemoved({ row, open, now }: Facts): Step {
  const isGone = open.every((each) => each.leakSuspectAt !== null)
  if (row.status !== 'removed') return isGone ? { do: 'remove' } : nothing
  const isPurgeDue = row.nextPurgeAt === null || row.nextPurgeAt <= now
  const isPurgeWished = row.purgeRequestedAt !== null && row.purgedAt === null
  return isPurgeWished && isPurgeDue && open.length === 0 ? { do: 'purge' } : nothing
}

/** Nothing of it is ours to start or stop: it is there while it reports, and else it is waited for. */
function decideExternal(facts: Facts): Step {
  const { row, silentAfterMs } = facts
  if (isOnline(facts) && silentFor(facts) > silentAfterMs) return { do: 'awaitAgent', silent: true }
  if (!isOnline(facts) && row.status !== 'awaiting_agent')
    return { do: 'awaitAgent', silent: false }
  return row.observedGeneration < row.generation ? { do: 'observe' } : nothing
}

/** Nothing of the current start is left: begin another, unless a failure says when, or that it is no use. */
function decideAbsent({ row, open, now }: Facts): Step {
  const mustWait = open.some(
    (each) => each.incarnation < row.incarnation && each.leakSuspectAt === null,
  )
  if (mustWait) return nothing
  const isParked = row.status === 'failed' && row.nextStartAt === null
  if (isParked || (row.nextStartAt !== null && now < row.nextStartAt)) return nothing
  return { do: 'begin', planned: false }
}

function decideOpen(facts: Facts, current: ResourceRow): Step {
  const { row, open, observed, now } = facts
  if (row.status === 'failed')
    return isDue(current, now) ? { do: 'stop', resource: current } : nothing
  if (current.confirmedAt === null) {
    const mustWait = open.some((each) => each !== current && each.leakSuspectAt === null)
    return mustWait ? nothing : { do: 'launch', resource: current }
  }
  if (observed === 'absent')
    return isDue(current, now) ? { do: 'bury', resource: current } : nothing
  if (observed === 'unknown') return decideUnknown(facts)
  return decideRunning(facts)
}

/** Unknown is not dead: say so, and wait. */
function decideUnknown(facts: Facts): Step {
  const isSilent = isOnline(facts) && silentFor(facts) > facts.silentAfterMs
  return isSilent ? { do: 'goSilent', unreachable: true } : nothing
}

function decideRunning(facts: Facts): Step {
  const { row, now, provisionTimeoutMs } = facts
  if (row.status === 'provisioning')
    return now - (row.provisionStartedAt ?? now) > provisionTimeoutMs ? { do: 'timeout' } : nothing
  const silent = silentFor(facts)
  if (row.status === 'offline')
    return silent > SILENT_RESTART_MS ? { do: 'begin', planned: false } : nothing
  if (isOnline(facts) && silent > facts.silentAfterMs) return { do: 'goSilent', unreachable: false }
  return row.observedGeneration < row.generation ? { do: 'observe' } : nothing
}

const isOnline = ({ row }: Facts) => row.status === 'online' || row.status === 'degraded'

const silentFor = ({ row, now, silenceCounts }: Facts) =>
  silenceCounts ? now - (row.lastHeartbeatAt ?? row.updatedAt) : 0

const isDue = (resource: ResourceRow, now: number) =>
  resource.nextStopAt === null || resource.nextStopAt <= now
