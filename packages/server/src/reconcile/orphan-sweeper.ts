import type { Backend, BackendHandle, OwnerLabel } from '../backend/backend.ts'
import { dbNow } from '../db/dialect/dialect.ts'
import type { Db, OrphanRow } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import {
  forgetOrphan,
  listOrphans,
  recordOrphanStopFailure,
  recordSighting,
  type Sighting,
  sightingKey,
} from '../domain/resource/orphan-store.ts'
import { openResources } from '../domain/resource/resource-store.ts'
import { redact } from '../lib/redact.ts'
import type { Controller, Log } from './supervise.ts'

type Options = {
  db: Db
  log: Log
  backends: ReadonlyMap<string, Backend>
  enabled: readonly string[]
  installId: string
  nodeId: string
}

export type OrphanSweeper = Controller & {
  /** Why nothing is stopped at present: many at once are rather a database that was swapped than orphans. */
  brake(): string | null
}

const ROUND_MS = 60_000
export const ORPHAN_GRACE_MS = 5 * 60_000
/** A clock that jumps must not shorten the grace. */
const GRACE_ROUNDS = ORPHAN_GRACE_MS / ROUND_MS
const FEW = 5
const LIST_MS = 20_000
const STOP_MS = 20_000

/** What runs under our label and has no open row is quarantined, and stopped after a grace. */
export function orphanSweeper(options: Options): OrphanSweeper {
  const { db, log } = options
  let brake: string | null = null
  return {
    name: 'orphans',
    everyMs: ROUND_MS,
    brake: () => brake,
    async round(signal) {
      const { seen, answered } = await listAll(options, signal)
      const strangers = await strangersAmong(db, seen)
      const orphans = await quarantine(options, strangers, answered)
      const now = await dbNow(db)
      const due = orphans.filter((each) => isDue(each, now))
      brake = await brakeFor(options, { due: due.length, running: seen.length })
      if (brake !== null) return log.error({ due: due.length }, `no orphan is stopped: ${brake}`)
      for (const each of due) if (!signal.aborted) await stopOrphan(options, each, signal)
    },
  }
}

/** What is enabled, and what was when something was started that is not proven gone. */
async function inUse({ db, backends, enabled }: Options): Promise<Backend[]> {
  const started = (await openResources(db)).map((each) => each.backend)
  return [...new Set([...enabled, ...started])].flatMap((name) => backends.get(name) ?? [])
}

/** What each backend says runs; one that does not answer is left as it was. */
async function listAll(options: Options, signal: AbortSignal) {
  const { installId, nodeId, log } = options
  const owner: OwnerLabel = { installId, nodeId }
  const seen: Sighting[] = []
  const answered = new Set<string>()
  for (const backend of await inUse(options)) {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(LIST_MS)])
    try {
      for await (const { handle } of backend.list(owner, patience))
        seen.push({ ...pick(handle), backend: backend.id, nodeId, handle })
      answered.add(backend.id)
    } catch (error) {
      if (signal.aborted) throw error
      log.warn({ backend: backend.id, error }, 'what runs there could not be listed')
    }
  }
  return { seen, answered }
}

const pick = ({ workspaceId, incarnation }: BackendHandle) => ({ workspaceId, incarnation })

/** Rows are read after the listing: an intent is written before its start, so what was listed is known by now. */
async function strangersAmong(db: Db, seen: Sighting[]): Promise<Sighting[]> {
  const known = new Set((await openResources(db)).map(sightingKey))
  return seen.filter((each) => !known.has(sightingKey(each)))
}

async function quarantine(
  { db, nodeId }: Options,
  strangers: Sighting[],
  answered: Set<string>,
): Promise<OrphanRow[]> {
  const present = new Set(strangers.map(sightingKey))
  return transact(db, async (tx) => {
    const now = await dbNow(tx)
    for (const each of strangers) await recordSighting(tx, each, now)
    const rows = await listOrphans(tx, nodeId)
    const isPresent = (row: OrphanRow) => present.has(sightingKey(row))
    for (const row of rows)
      if (answered.has(row.backend) && !isPresent(row)) await forgetOrphan(tx, row.id)
    return rows.filter(isPresent)
  })
}

const isDue = (row: OrphanRow, now: number) =>
  row.rounds > GRACE_ROUNDS && now - row.firstSeenAt >= ORPHAN_GRACE_MS

async function brakeFor(
  { db, installId }: Options,
  { due, running }: { due: number; running: number },
): Promise<string | null> {
  const stored = await db
    .selectFrom('meta')
    .select('value')
    .where('key', '=', 'install_id')
    .executeTakeFirst()
  if (stored && stored.value !== installId)
    return 'the database is of another installation than the one this server started with'
  if (due > FEW && due > running / 2)
    return `${due} of ${running} running workloads have no row; was the database replaced?`
  return null
}

async function stopOrphan(
  { db, log, backends }: Options,
  orphan: OrphanRow,
  signal: AbortSignal,
): Promise<void> {
  const backend = backends.get(orphan.backend)
  if (!backend) return
  const { workspaceId, incarnation } = orphan
  const patience = AbortSignal.any([signal, AbortSignal.timeout(STOP_MS)])
  try {
    await backend.stop(orphan.handle as BackendHandle, patience)
  } catch (error) {
    if (signal.aborted) return
    log.warn({ workspaceId, incarnation, error }, 'an orphan could not be stopped')
    const message = redact(error instanceof Error ? error.message : String(error))
    return transact(db, (tx) => recordOrphanStopFailure(tx, orphan, message))
  }
  log.warn({ workspaceId, incarnation, backend: orphan.backend }, 'stopped an orphan')
  await transact(db, (tx) => forgetOrphan(tx, orphan.id))
}
