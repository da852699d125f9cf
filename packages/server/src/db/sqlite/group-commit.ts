import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Outcome } from '../unit.ts'
import type { SqliteConnection } from './sqlite-connection.ts'

/** Units of work that share one COMMIT, and so the longest that the first of them waits for the last. */
const maxUnitsPerCommit = 64

export interface GroupedUnit {
  /** Runs inside its savepoint; what a failed one wrote is undone. */
  run(): Promise<Outcome<unknown>>
  /** After the COMMIT of its group, or with the error that undid it. */
  settle(undone: Outcome<void>): void
}

export interface GroupCommit {
  add(unit: GroupedUnit): void
  /** The group now open, if any: until it ends, a read would see what may yet be undone. */
  open(): Promise<void> | undefined
  /** Resolves when all units are settled. */
  drained(): Promise<void>
}

/** One writer at a time: the units that arrive in one turn of the event loop share one COMMIT. */
export function groupCommit(connection: SqliteConnection): GroupCommit {
  const waiting: GroupedUnit[] = []
  let loop: Promise<void> | undefined
  let group: Promise<void> | undefined

  const runLoop = async () => {
    while (waiting.length > 0) {
      await nextTurn()
      group = runGroup(connection, waiting)
      await group
      group = undefined
    }
    loop = undefined
  }

  return {
    add(unit) {
      waiting.push(unit)
      loop ??= runLoop()
    },
    open: () => group,
    async drained() {
      await loop
    },
  }
}

async function runGroup(connection: SqliteConnection, waiting: GroupedUnit[]): Promise<void> {
  const members: GroupedUnit[] = []
  const outcome = await attempt(async () => {
    connection.script('begin immediate')
    while (members.length < maxUnitsPerCommit) {
      const unit = waiting.shift()
      if (!unit) break
      members.push(unit)
      await runMember(connection, unit)
    }
    connection.script('commit')
  })
  if (!outcome.ok) {
    undo(connection)
    if (members.length === 0) members.push(...waiting.splice(0, maxUnitsPerCommit))
  }
  for (const unit of members) unit.settle(outcome)
}

async function runMember(connection: SqliteConnection, unit: GroupedUnit): Promise<void> {
  connection.script('savepoint unit')
  const outcome = await unit.run()
  // A full disk makes SQLite roll back by itself, and then no member survives.
  if (!connection.isInTransaction()) {
    throw new Error('SQLite rolled the transaction back', { cause: outcome })
  }
  connection.script(outcome.ok ? 'release unit' : 'rollback to unit; release unit')
}

function undo(connection: SqliteConnection): void {
  try {
    if (connection.isInTransaction()) connection.script('rollback')
  } catch {
    // The members are told of the first error; an unusable file also ends the process.
  }
}

async function attempt(run: () => Promise<void>): Promise<Outcome<void>> {
  try {
    return { ok: true, value: await run() }
  } catch (error) {
    return { ok: false, error }
  }
}
