import type { CompiledQuery, QueryResult } from 'kysely'
import { insideTransaction } from '../lib/outside-transaction.ts'
import { bindHandle, bindUnit, type Database } from './handle.ts'
import type { Handles } from './kysely-handles.ts'
import type { Tx } from './tables.ts'

/** How long one unit of work may take: longer means that it awaits something that is no query. */
export const maxUnitMs = 30_000

export type Outcome<T> = { ok: true; value: T } | { ok: false; error: unknown }

/** What a database runs for a transaction. */
export interface UnitConnection {
  execute(query: CompiledQuery): Promise<QueryResult<unknown>>
  script(sql: string): Promise<void>
}

export interface RanUnit<T> {
  outcome: Outcome<T>
  /** Whether the connection may still be busy with it. */
  isStalled: boolean
  afterCommit: readonly (() => void)[]
}

export interface UnitOptions<T> {
  database: Database
  handles: Handles
  connection: UnitConnection
  work: (tx: Tx) => Promise<T>
  maxMs: number
}

/** Runs `work` up to, and without, its COMMIT or ROLLBACK. Never rejects. */
export async function runUnit<T>(options: UnitOptions<T>): Promise<RanUnit<T>> {
  const { database, handles, connection, work, maxMs } = options
  const callbacks: (() => void)[] = []
  let isOver = false
  let failure: { error: unknown } | undefined

  const guard = async <R>(run: () => Promise<R>): Promise<R> => {
    if (isOver)
      throw new Error('this transaction is over: await every query before transact() ends')
    if (failure) throw new Error('this transaction failed earlier', { cause: failure.error })
    try {
      return await run()
    } catch (error) {
      failure ??= { error }
      throw error
    }
  }

  const tx = handles.inner((query) => guard(() => connection.execute(query)))
  bindHandle(tx, database)
  bindUnit(tx, {
    afterCommit: (callback) => callbacks.push(callback),
    script: (sql) => guard(() => connection.script(sql)),
  })

  const ran = await withinTime(
    insideTransaction(async () => work(tx)),
    maxMs,
  )
  isOver = true
  const isStalled = ran === undefined
  if (isStalled) return { outcome: stalled(maxMs), isStalled, afterCommit: [] }
  const outcome: Outcome<T> = ran.ok && failure ? { ok: false, error: failure.error } : ran
  return { outcome, isStalled, afterCommit: callbacks }
}

const stalled = (maxMs: number) => ({
  ok: false as const,
  error: new Error(`a transaction took over ${maxMs} ms: it awaits something that is not a query`),
})

function withinTime<T>(work: Promise<T>, maxMs: number): Promise<Outcome<T> | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), maxMs)
    const settle = (outcome: Outcome<T>) => {
      clearTimeout(timer)
      resolve(outcome)
    }
    work.then(
      (value) => settle({ ok: true, value }),
      (error: unknown) => settle({ ok: false, error }),
    )
  })
}

/** A wake-up that throws must not make a committed transaction look failed. */
export function runCallbacks(
  callbacks: readonly (() => void)[],
  onError: (error: unknown) => void,
): void {
  for (const callback of callbacks) {
    try {
      callback()
    } catch (error) {
      onError(error)
    }
  }
}
