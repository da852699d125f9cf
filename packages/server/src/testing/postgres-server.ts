import { existsSync } from 'node:fs'
import { afterAll, type TestContext } from 'vitest'
import { type PostgresCluster, postgresBinaries, startPostgres } from './postgres.ts'

let own: Promise<PostgresCluster> | undefined

afterAll(async () => {
  await (await own)?.stop()
})

/** For a test of what only Postgres does: the server of this run, else one for this file. */
export async function postgresServer(context: TestContext): Promise<string> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return given
  if (!existsSync(postgresBinaries)) {
    context.skip('needs PostgreSQL 15: apt-get install postgresql-15')
  }
  own ??= startPostgres()
  return (await own).url
}
