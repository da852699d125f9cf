import { dice } from '../dice.ts'

export type ChaosSize = {
  readonly seed: number
  readonly workspaces: number
  readonly seconds: number
  /** The backend has a daemon that is killed too. */
  readonly hasDaemon?: boolean
}

export const verbs = [
  'create',
  'ask',
  'restart',
  'pause',
  'resume',
  'hibernate',
  'wake',
  'collapse',
  'delete',
] as const
export type Verb = (typeof verbs)[number]
export const victims = ['server', 'daemon', 'host', 'program', 'launcher'] as const
export type Victim = (typeof victims)[number]

/** A place in the organization; workspaces come and go in it. */
export type Slot = number

export type VerbAct = {
  readonly do: Verb
  readonly slot: Slot
  /** Of a delete or collapse: purge. Of a hibernate: force. */
  readonly flag: boolean
}
export type KillAct = {
  readonly do: 'kill'
  readonly victim: Victim
  /** From 0 to 1: which of those that live then. */
  readonly pick: number
}
/** Something that happens so long after the beginning. */
export type Act = (VerbAct | KillAct) & { readonly atMs: number }

/** Teams of five: a lead, two below it, and two more below the first of these. */
const teamSize = 5
const bossOf = [undefined, 0, 0, 1, 1] as const

export function parentOf(slot: Slot): Slot | undefined {
  const boss = bossOf[slot % teamSize]
  return boss === undefined ? undefined : slot - (slot % teamSize) + boss
}

const meanPauseMs = 250
/** A small team is killed seldom enough to be up between two kills. */
const serverKillEveryMs = 9000
/** It takes a while to be back. */
const daemonKillEveryMs = 20_000

const verbWeights: Record<Exclude<Verb, 'create'>, number> = {
  ask: 30,
  restart: 10,
  pause: 10,
  resume: 4,
  hibernate: 10,
  wake: 4,
  collapse: 3,
  delete: 9,
}
/** One that was stopped is started again rather soon, or most verbs would find nothing to do. */
const startAgainShare = 0.5
const killShare = 0.14
const killWeights: Record<Exclude<Victim, 'server' | 'daemon'>, number> = {
  host: 6,
  program: 5,
  launcher: 1,
}

/** Everything that people and crashes will do, known beforehand: the same for the same seed. */
export function chaosPlan({ seed, workspaces, seconds, hasDaemon = false }: ChaosSize): Act[] {
  const roll = dice(seed)
  const filled: Filled = new Map()
  const acts: Act[] = []
  for (let slot = 0; slot < workspaces; slot++) {
    acts.push({ atMs: 0, do: 'create', slot, flag: false })
    filled.set(slot, undefined)
  }
  for (let atMs = daemonKillEveryMs / 2; hasDaemon && atMs < seconds * 1000; )
    atMs = killDaemon(acts, atMs)
  let serverDiesAtMs = serverKillEveryMs * (0.5 + roll())
  for (let atMs = 0; atMs < seconds * 1000; atMs += meanPauseMs * 2 * roll()) {
    if (atMs >= serverDiesAtMs) {
      serverDiesAtMs = atMs + serverKillEveryMs * (0.5 + roll())
      acts.push({ atMs, do: 'kill', victim: 'server', pick: 0 })
    } else if (roll() < killShare) {
      acts.push({ atMs, do: 'kill', victim: weighted(roll(), killWeights), pick: roll() })
    } else {
      const verb = verbFor(filled, Math.floor(roll() * workspaces), roll)
      note(filled, verb)
      acts.push({ atMs, ...verb })
    }
  }
  return acts.sort((one, other) => one.atMs - other.atMs)
}

/** Answers when it is the turn of the daemon again. */
function killDaemon(acts: Act[], atMs: number): number {
  acts.push({ atMs, do: 'kill', victim: 'daemon', pick: 0 })
  return atMs + daemonKillEveryMs
}

/** Places that hold a workspace as far as the plan knows, each with the verb that would start it again. */
type Filled = Map<Slot, 'resume' | 'wake' | undefined>

const starts: readonly Verb[] = ['create', 'resume', 'wake']

/** In an empty place something is made, first of all what it would be below. */
function verbFor(filled: Filled, slot: Slot, roll: () => number): VerbAct {
  const boss = parentOf(slot)
  if (boss !== undefined && !filled.has(boss)) return verbFor(filled, boss, roll)
  const flag = roll() < 0.5
  if (!filled.has(slot)) return { do: 'create', slot, flag }
  const startAgain = filled.get(slot)
  if (startAgain && roll() < startAgainShare) return { do: startAgain, slot, flag }
  return { do: weighted(roll(), verbWeights), slot, flag }
}

function note(filled: Filled, { do: verb, slot }: VerbAct): void {
  if (verb === 'delete') filled.delete(slot)
  if (verb === 'delete' || verb === 'collapse') emptyBelow(filled, slot)
  if (verb === 'pause') filled.set(slot, 'resume')
  if (verb === 'hibernate' && filled.get(slot) !== 'resume') filled.set(slot, 'wake')
  if (starts.includes(verb)) filled.set(slot, undefined)
}

function emptyBelow(filled: Filled, top: Slot): void {
  for (const slot of [...filled.keys()]) if (isBelow(slot, top)) filled.delete(slot)
}

function isBelow(slot: Slot, top: Slot): boolean {
  const boss = parentOf(slot)
  return boss !== undefined && (boss === top || isBelow(boss, top))
}

function weighted<K extends string>(point: number, weights: Record<K, number>): K {
  const names = Object.keys(weights) as K[]
  let left = point * names.reduce((sum, name) => sum + weights[name], 0)
  const found = names.find((name) => {
    left -= weights[name]
    return left < 0
  })
  return found ?? (names[0] as K)
}
