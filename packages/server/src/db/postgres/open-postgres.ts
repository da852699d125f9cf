import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { PoolClient } from 'pg'
import { backoff } from '../../lib/backoff.ts'
import { type Clock, systemClock } from '../../lib/clock.ts'
import { assertOutsideTransaction } from '../../lib/outside-transaction.ts'
import { closing } from '../closing.ts'
import { snakeCaser } from '../column-names.ts'
import { postgresDialect } from '../dialect/postgres.ts'
import { bindHandle, type Database } from '../handle.ts'
import { kyselyHandles } from '../kysely-handles.ts'
import { maxUnitMs, type RanUnit, runCallbacks, runUnit, type UnitConnection } from '../unit.ts'
import { postgresChannel } from './postgres-channel.ts'
import { runQuery, unitConnection } from './postgres-connection.ts'
import { isRetryable } from './postgres-error.ts'
import { connectPostgres, type PostgresServer } from './postgres-pool.ts'

const maxTries = 8
const retryMs = { first: 2, most: 200 }

export interface OpenPostgresOptions {
  url: string
  connectTimeoutMs: number
  /** Any but the system's stands in for the clock of the database, for tests that move time. */
  clock: Clock
  onError(error: unknown): void
}

class Compiler extends PostgresQueryCompiler {
  readonly #toSnakeCase = snakeCaser()

  protected override sanitizeIdentifier(name: string): string {
    return super.sanitizeIdentifier(this.#toSnakeCase(name))
  }
}

const words = {
  createAdapter: () => new PostgresAdapter(),
  createQueryCompiler: () => new Compiler(),
  createIntrospector: (db: ConstructorParameters<typeof PostgresIntrospector>[0]) =>
    new PostgresIntrospector(db),
}

export async function openPostgres(options: OpenPostgresOptions): Promise<Database> {
  const server = await connectPostgres(options)
  const handles = kyselyHandles(words)
  const end = closing(() => server.pool.end())

  const db = handles.outer(async (query) => {
    assertOutsideTransaction('a query on the outer database handle')
    return runQuery(server.pool, query)
  })

  const database: Database = {
    db,
    kind: 'postgres',
    dialect: postgresDialect(options.clock === systemClock ? undefined : options.clock),
    transact: (work, { maxMs = maxUnitMs } = {}) =>
      transactWithRetry(server, options, (connection) =>
        runUnit({ database, handles, connection, work, maxMs }),
      ),
    clock: options.clock,
    openChannel: (events) => postgresChannel(server.newClient, events, options.onError),
    onClose: end.onClose,
    close: end.close,
  }
  bindHandle(db, database)
  return database
}

type Run<T> = (connection: UnitConnection) => Promise<RanUnit<T>>

async function transactWithRetry<T>(
  server: PostgresServer,
  { onError }: OpenPostgresOptions,
  run: Run<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      const ran = await transactOnce(server, run)
      runCallbacks(ran.afterCommit, onError)
      return ran.value
    } catch (error) {
      if (!isRetryable(error) || failures >= maxTries) throw error
      await systemClock.sleep(backoff(failures, retryMs) * Math.random())
    }
  }
}

async function transactOnce<T>({ pool }: PostgresServer, run: Run<T>) {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin isolation level read committed read write')
    const { outcome, isStalled, afterCommit } = await run(unitConnection(client))
    if (isStalled) broken = new Error('the connection may still be busy')
    if (!outcome.ok) throw outcome.error
    await commit(client)
    return { value: outcome.value, afterCommit }
  } catch (error) {
    if (!broken) broken = await rollBack(client)
    throw error
  } finally {
    client.release(broken)
  }
}

/** Postgres answers the COMMIT of a failed transaction with a quiet ROLLBACK. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('commit')
  if (command !== 'COMMIT') throw new Error(`the transaction ended with ${command}`)
}

async function rollBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('rollback')
    return undefined
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}
