import pg from 'pg'

/** Over a connection of its own, as an operator at `psql` would. */
export async function queryPostgres(
  url: string,
  ...statements: readonly string[]
): Promise<Record<string, unknown>[][]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const found: Record<string, unknown>[][] = []
    for (const statement of statements) found.push((await client.query(statement)).rows)
    return found
  } finally {
    await client.end()
  }
}
