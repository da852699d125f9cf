import type { CompiledQuery, QueryResult } from 'kysely'
import type { ClientBase, Pool } from 'pg'
import { toParameter } from '../parameter.ts'
import { columnsOf, rowsOf } from '../rows.ts'
import type { UnitConnection } from '../unit.ts'

const writingCommands: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

export async function runQuery(
  server: Pick<Pool | ClientBase, 'query'>,
  { sql, parameters }: CompiledQuery,
): Promise<QueryResult<unknown>> {
  const result = await server.query<unknown[]>({
    text: sql,
    values: parameters.map(toParameter),
    rowMode: 'array',
  })
  const rows = rowsOf(columnsOf(result.fields.map(({ name }) => name)), result.rows)
  if (!writingCommands.has(result.command)) return { rows }
  return { rows, numAffectedRows: BigInt(result.rowCount ?? 0) }
}

/** One query after the other, in the order they are asked. */
export function unitConnection(client: ClientBase): UnitConnection {
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const turn = last.then(run, run)
    last = turn.catch(() => {})
    return turn
  }
  return {
    execute: (query) => inTurn(() => runQuery(client, query)),
    script: (sql) =>
      inTurn(async () => {
        await client.query(sql)
      }),
  }
}
