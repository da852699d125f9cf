import type { Clock } from '../lib/clock.ts'
import type { Dialect } from './dialect/differences.ts'
import type { Db, Queryable, Tx } from './tables.ts'

/** A message between replicas; only ever a reason to look. */
export interface Channel {
  send(payload: string): Promise<void>
  close(): Promise<void>
}

export interface ChannelEvents {
  onMessage(payload: string): void
  /** Messages may have been missed before this moment. */
  onConnect(): void
}

export interface Database {
  readonly db: Db
  readonly kind: 'sqlite' | 'postgres'
  readonly dialect: Dialect
  readonly clock: Clock
  transact<T>(work: (tx: Tx) => Promise<T>, options?: { maxMs?: number }): Promise<T>
  /** Absent where one process has the database to itself. */
  openChannel?(events: ChannelEvents): Channel
  /** Runs when the database begins to close. */
  onClose(close: () => Promise<void>): void
  /** Ends after the work under way; later work is refused. */
  close(): Promise<void>
}

/** What a `Tx` can do besides queries. */
export interface Unit {
  afterCommit(callback: () => void): void
  /** Several statements without parameters. */
  script(sql: string): Promise<void>
}

const databases = new WeakMap<Queryable, Database>()
const units = new WeakMap<Tx, Unit>()

export function bindHandle(handle: Queryable, database: Database): void {
  databases.set(handle, database)
}

export function bindUnit(tx: Tx, unit: Unit): void {
  units.set(tx, unit)
}

export function databaseOf(handle: Queryable): Database {
  const database = databases.get(handle)
  if (!database) throw new TypeError('not a handle of openDatabase() or transact()')
  return database
}

export function unitOf(tx: Tx): Unit {
  const unit = units.get(tx)
  if (!unit) throw new TypeError('not a handle of transact()')
  return unit
}
