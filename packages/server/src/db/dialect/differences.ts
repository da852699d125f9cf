import type { SelectQueryBuilder } from 'kysely'
import type { Queryable, Tables, Tx } from '../tables.ts'

/** In a migration: the growing integer key of a table, by the name of its constraint. */
export const identity = /\{\{identity (\w+)\}\}/g

/** In a migration: rows of the table of that name can be added, and neither changed nor removed. */
export const appendOnly = /\{\{append only (\w+)\}\}/g

/** A table whose rows have an `id`. */
export type LockableTable = {
  [T in keyof Tables]: 'id' extends keyof Tables[T] ? T : never
}[keyof Tables]

// biome-ignore lint/suspicious/noExplicitAny: a select of any shape, handed back unchanged in type.
export type AnySelect = SelectQueryBuilder<any, any, any>

/** Everything in which the two databases differ, but for how a transaction runs. */
export interface Dialect {
  readonly kind: 'sqlite' | 'postgres'
  /** Whether events get their `seq` at insert; otherwise `publish` stamps them. */
  readonly stampsAtInsert: boolean
  /** A file of `migrations/` in the words of this database. */
  migrationText(sql: string): string
  /** Lets one migration run at a time, until its transaction ends; it and the wait may take `maxMs`. */
  lockMigrations(tx: Tx, maxMs: number): Promise<void>
  lockRow(tx: Tx, table: LockableTable, id: string | number): Promise<void>
  skipLocked(query: AnySelect): AnySelect
  now(handle: Queryable): Promise<number>
  isUniqueViolation(error: unknown): boolean
}
