import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type LimitNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  ValueNode,
} from 'kysely'
import type { Clock } from '../../lib/clock.ts'
import { assertOutsideTransaction } from '../../lib/outside-transaction.ts'
import { closing } from '../closing.ts'
import { snakeCaser } from '../column-names.ts'
import { sqliteDialect } from '../dialect/sqlite.ts'
import { bindHandle, type Database } from '../handle.ts'
import { kyselyHandles } from '../kysely-handles.ts'
import { maxUnitMs, type RanUnit, runCallbacks, runUnit } from '../unit.ts'
import { type GroupCommit, groupCommit } from './group-commit.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import { isFatal } from './sqlite-error.ts'

export interface SqliteOptions {
  clock: Clock
  /** A file that can no longer be read or written: nothing this process says is to be trusted. */
  onFatal(error: unknown): void
  onError(error: unknown): void
}

class Compiler extends SqliteQueryCompiler {
  readonly #toSnakeCase = snakeCaser()

  protected override sanitizeIdentifier(name: string): string {
    return super.sanitizeIdentifier(this.#toSnakeCase(name))
  }

  /** SQLite plans a statement with a bound limit anew at every run; with a written one it keeps the plan. */
  protected override visitLimit(node: LimitNode): void {
    const { limit } = node
    if (ValueNode.is(limit) && Number.isInteger(limit.value)) this.append(`limit ${limit.value}`)
    else super.visitLimit(node)
  }
}

const words = {
  createAdapter: () => new SqliteAdapter(),
  createQueryCompiler: () => new Compiler(),
  createIntrospector: (db: ConstructorParameters<typeof SqliteIntrospector>[0]) =>
    new SqliteIntrospector(db),
}

export function sqliteDatabase(bare: SqliteConnection, options: SqliteOptions): Database {
  const connection = watched(bare, options.onFatal)
  const commits = groupCommit(connection)
  const handles = kyselyHandles(words)
  const end = closing(async () => {
    await commits.drained()
    bare.close()
  })
  const refuseIfClosed = () => {
    if (end.isClosed()) throw new Error('the database is closed')
  }

  const db = handles.outer(async (query) => {
    assertOutsideTransaction('a query on the outer database handle')
    refuseIfClosed()
    for (let open = commits.open(); open; open = commits.open()) await open
    return connection.read(query)
  })

  const database: Database = {
    db,
    kind: 'sqlite',
    dialect: sqliteDialect(options.clock),
    async transact(work, { maxMs = maxUnitMs } = {}) {
      refuseIfClosed()
      const unitConnection = {
        execute: async (query: Parameters<SqliteConnection['run']>[0]) => connection.run(query),
        script: async (sql: string) => connection.script(sql),
      }
      const ran = await addUnit(commits, () =>
        runUnit({ database, handles, connection: unitConnection, work, maxMs }),
      )
      if (!ran.outcome.ok) throw ran.outcome.error
      runCallbacks(ran.afterCommit, options.onError)
      return ran.outcome.value
    },
    clock: options.clock,
    onClose: end.onClose,
    close: end.close,
  }
  bindHandle(db, database)
  return database
}

/** Queues a unit; rejects when its group is undone. Each runs in the async context of its caller. */
function addUnit<T>(commits: GroupCommit, run: () => Promise<RanUnit<T>>): Promise<RanUnit<T>> {
  const inContextOfCaller = AsyncLocalStorage.snapshot()
  return new Promise((resolve, reject) => {
    let ran: RanUnit<T> | undefined
    commits.add({
      async run() {
        ran = await inContextOfCaller(run)
        return ran.outcome
      },
      settle(undone) {
        if (ran && !ran.outcome.ok) resolve(ran)
        else if (!undone.ok) reject(undone.error)
        else if (ran) resolve(ran)
      },
    })
  })
}

/** Tells of an error after which the file is not to be trusted, before anybody else sees it. */
function watched(connection: SqliteConnection, onFatal: (error: unknown) => void) {
  const watch =
    <A extends unknown[], R>(run: (...args: A) => R) =>
    (...args: A): R => {
      try {
        return run(...args)
      } catch (error) {
        if (isFatal(error)) onFatal(error)
        throw error
      }
    }
  return {
    ...connection,
    run: watch(connection.run),
    read: watch(connection.read),
    script: watch(connection.script),
  }
}
