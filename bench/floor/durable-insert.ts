import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Rows a second that SQLite makes safe on this disk, one COMMIT for each. */
export function durableInsertsPerSecond(folder: string, count: number): number {
  const db = new DatabaseSync(join(folder, 'floor.db'))
  try {
    db.exec(`
      pragma journal_mode = wal;
      pragma synchronous = full;
      create table if not exists tasks (id integer primary key, text text not null);
    `)
    const insert = db.prepare('insert into tasks (text) values (?)')
    const from = performance.now()
    for (let n = 0; n < count; n++) insert.run('do nothing')
    return count / ((performance.now() - from) / 1000)
  } finally {
    db.close()
  }
}
