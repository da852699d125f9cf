import type { Compilable, CompiledQuery } from 'kysely'
import { type Database, databaseOf } from './handle.ts'
import type { Queryable } from './tables.ts'

/** Stands in for a value while a query is built. */
class Hole {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  [Symbol.toPrimitive](): never {
    throw new TypeError(`a prepared query must hand on "${this.name}" as it is`)
  }
}

const holes = <V>(): V =>
  new Proxy({}, { get: (_, name) => new Hole(String(name)) }) as unknown as V

/**
 * A query that is built once for each database: for those that come with every request, since to build one costs more
 * than to run it. Its shape must not depend on its values.
 */
export function prepared<V extends object, R>(
  build: (db: Queryable, values: V) => Compilable<R>,
): (db: Queryable, values: V) => Promise<R[]> {
  const known = new WeakMap<Database, CompiledQuery<R>>()
  const queryFor = (db: Queryable) => {
    const database = databaseOf(db)
    const query = known.get(database) ?? build(db, holes<V>()).compile()
    known.set(database, query)
    return query
  }
  return async (db, values) => {
    const query = queryFor(db)
    const fill = (parameter: unknown) =>
      parameter instanceof Hole ? values[parameter.name as keyof V] : parameter
    const { rows } = await db.executeQuery<R>({ ...query, parameters: query.parameters.map(fill) })
    return rows
  }
}
