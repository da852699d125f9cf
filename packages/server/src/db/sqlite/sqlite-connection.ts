import { constants, type DatabaseSync, type StatementSync } from 'node:sqlite'
import type { CompiledQuery, QueryResult } from 'kysely'
import { toParameter } from '../parameter.ts'
import { type Column, columnsOf, rowsOf } from '../rows.ts'

/** Statements kept prepared; the oldest makes room. */
const maxPrepared = 500

export interface SqliteConnection {
  run(query: CompiledQuery): QueryResult<unknown>
  /** Refuses a statement that writes, before it runs. */
  read(query: CompiledQuery): QueryResult<unknown>
  script(sql: string): void
  isInTransaction(): boolean
  close(): void
}

interface Prepared {
  statement: StatementSync
  /** Empty when it answers no rows. */
  columns: Column[]
  isWrite: boolean
}

const readingActions: ReadonlySet<number> = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
  constants.SQLITE_PRAGMA,
])

export function sqliteConnection(raw: DatabaseSync): SqliteConnection {
  const cache = new Map<string, Prepared>()
  let isWrite = false
  raw.setAuthorizer((action) => {
    if (!readingActions.has(action)) isWrite = true
    return constants.SQLITE_OK
  })

  const prepare = (sql: string): Prepared => {
    isWrite = false
    const statement = raw.prepare(sql)
    statement.setReturnArrays(true)
    const columns = columnsOf(statement.columns().map(({ name }) => name))
    return { statement, columns, isWrite }
  }

  const prepared = (sql: string): Prepared => {
    const known = cache.get(sql)
    if (known) return known
    const made = prepare(sql)
    cache.set(sql, made)
    if (cache.size > maxPrepared) cache.delete(cache.keys().next().value ?? sql)
    return made
  }

  return {
    run: (query) => execute(prepared(query.sql), query.parameters),
    read(query) {
      const found = prepared(query.sql)
      if (found.isWrite) throw new Error('a write outside transact()')
      return execute(found, query.parameters)
    },
    script(sql) {
      if (usualSteps.has(sql)) return void prepared(sql).statement.run()
      raw.exec(sql)
      if (!isTransactionControl.test(sql)) cache.clear()
    },
    isInTransaction: () => raw.isTransaction,
    close() {
      cache.clear()
      raw.close()
    },
  }
}

/** What goes around every unit of work; worth being kept prepared. */
const usualSteps = new Set(['begin immediate', 'savepoint unit', 'release unit'])
const isTransactionControl = /^(begin|commit|rollback|savepoint|release)\b/

function execute(
  { statement, columns }: Prepared,
  parameters: readonly unknown[],
): QueryResult<unknown> {
  const bound = parameters.map(toBound)
  if (columns.length === 0)
    return { rows: [], numAffectedRows: BigInt(statement.run(...bound).changes) }
  // It is typed for rows as objects, of which `setReturnArrays` makes arrays.
  const lines = statement.all(...bound) as unknown as unknown[][]
  return { rows: rowsOf(columns, lines) }
}

/** SQLite takes every JavaScript number for a real; only a bigint is an integer to it. */
function toBound(value: unknown): string | number | bigint | null {
  const parameter = toParameter(value)
  return Number.isInteger(parameter) ? BigInt(parameter as number) : parameter
}
