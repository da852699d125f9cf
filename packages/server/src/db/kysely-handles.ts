import {
  type CompiledQuery,
  type ConnectionProvider,
  type DatabaseConnection,
  DefaultQueryExecutor,
  type Dialect,
  type Driver,
  Kysely,
  type QueryResult,
} from 'kysely'
import type { Db, Tables, Tx } from './tables.ts'

export type RunQuery = (query: CompiledQuery) => Promise<QueryResult<unknown>>

/** Makes the two kinds of handle out of a way to run one query. */
export interface Handles {
  outer(run: RunQuery): Db
  inner(run: RunQuery): Tx
}

type Words = Pick<Dialect, 'createAdapter' | 'createQueryCompiler' | 'createIntrospector'>

export function kyselyHandles(words: Words): Handles {
  const dialect: Dialect = { ...words, createDriver: () => refusingDriver }
  const executor = new DefaultQueryExecutor(
    words.createQueryCompiler(),
    words.createAdapter(),
    refusingProvider,
  )
  const handle = (run: RunQuery): unknown =>
    new Kysely<Tables>({
      config: { dialect },
      dialect,
      driver: refusingDriver,
      executor: executor.withConnectionProvider(providerOf(run)),
    })
  return { outer: (run) => handle(run) as Db, inner: (run) => handle(run) as Tx }
}

function providerOf(run: RunQuery): ConnectionProvider {
  const connection: DatabaseConnection = {
    executeQuery: <R>(query: CompiledQuery) => run(query) as Promise<QueryResult<R>>,
    streamQuery: () => refuse('streaming: read in pages'),
  }
  return { provideConnection: (consumer) => consumer(connection) }
}

function refuse(what: string): never {
  throw new Error(`the database handle does not do ${what}`)
}

const begin = 'transactions of its own: use transact()'
const refusingDriver: Driver = {
  init: async () => {},
  destroy: async () => refuse('closing: use Database.close()'),
  acquireConnection: async () => refuse('connections'),
  releaseConnection: async () => {},
  beginTransaction: async () => refuse(begin),
  commitTransaction: async () => refuse(begin),
  rollbackTransaction: async () => refuse(begin),
}
const refusingProvider: ConnectionProvider = {
  provideConnection: async () => refuse('connections'),
}
