import type { ColumnType } from 'kysely'

/** Written at insert, changed only by the table's state machine, which casts on purpose. */
export type Guarded<T> = ColumnType<T, T, never>
/** Set once. */
export type Fixed<T> = ColumnType<T, T, never>
export type Milliseconds = number
/** Text in the database; the JSON codec of `db` loads and stores it whole. */
export type Json<T> = ColumnType<T, T, T>
export type Bit = 0 | 1
