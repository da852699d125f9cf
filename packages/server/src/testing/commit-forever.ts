import { openDatabase } from '../db/database.ts'
import { migrate } from '../db/migrate.ts'
import { transact } from '../db/transact.ts'

/** Commits rows to the SQLite file it is given, and prints the key of each after its COMMIT. */
const callers = 8

const fail = (error: unknown): never => {
  throw error
}
const database = await openDatabase({
  url: `sqlite:${process.argv[2]}`,
  onFatal: fail,
  onError: fail,
})
await migrate(database)

async function commitForever(caller: number): Promise<never> {
  for (let n = 0; ; n++) {
    const key = `${caller}/${n}`
    await transact(database.db, (tx) => tx.insertInto('meta').values({ key, value: '' }).execute())
    process.stdout.write(`${key}\n`)
  }
}

await Promise.all(Array.from({ length: callers }, (_, caller) => commitForever(caller)))
