import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Client } from '@molecule/sdk'
import { startEcho } from '../floor/echo.ts'
import type { Measurement } from '../measurement.ts'
import { startServer } from '../product/server.ts'
import { alternate, percentile, timed } from '../statistics.ts'

const tasks = 100_000
const pageSize = 100
const pagesEach = 60
const rounds = 5

/** How long a page of a long list of tasks takes, wherever in the list it is. */
export const longList: Measurement = {
  name: 'long-list',
  unit: 'ms',
  floor: 'a raw HTTP echo of 1 KB',
  async run(bench) {
    const { folder, signal, say } = bench
    await using server = await startServer(bench)
    await using echo = await startEcho(signal)
    say(`storing ${tasks} tasks`)
    await fill(server.client, join(folder, 'data', 'molecule.db'))
    const places = await placesOf(server.client, signal)
    const body = JSON.stringify({ text: 'x'.repeat(1000) })
    const samples = await alternate(rounds, signal, {
      page: async () => {
        const took: number[] = []
        for (const before of places)
          took.push(
            await timed(() => server.client.tasks.list({ limit: pageSize, before }, { signal })),
          )
        return percentile(took, 0.99)
      },
      floor: async () => {
        const took: number[] = []
        for (const _ of places) took.push(await timed(() => echo.send(body)))
        return percentile(took, 0.99)
      },
    })
    return [
      {
        name: `p99 of a page of ${pageSize} of ${tasks} tasks`,
        samples: samples.page,
        floors: [{ name: 'p99 of an echo', samples: samples.floor }],
        target: { of: 'value', atMost: 30 },
      },
    ]
  },
}

/** One that was asked for, many times over: only what lists read is there. */
async function fill(client: Client, path: string): Promise<void> {
  const { id } = await client.workspaces.create({ name: 'list', external: true })
  const { id: task } = await client.workspaces.ask(id, { text: 'one of many' })
  const db = new DatabaseSync(path)
  db.exec('pragma busy_timeout = 30000')
  const names = db
    .prepare('pragma table_info(tasks)')
    .all()
    .map(({ name }) => String(name))
  const values = names.map((name) => {
    if (name === 'id') return "printf('%s%012x', substr(id, 1, 24), n)"
    return name === 'created_at' ? 'created_at - n' : name
  })
  db.prepare(
    `with recursive count(n) as (select 1 union all select n + 1 from count where n < ?)
     insert into tasks (${names.join()}) select ${values.join()} from tasks, count where id = ?`,
  ).run(tasks, task)
  db.close()
}

/** Tasks spread over the whole list, from the newest to the oldest. */
async function placesOf(client: Client, signal: AbortSignal): Promise<string[]> {
  const found: string[] = []
  let before: string | undefined
  for (let page = 0; page < tasks / 1000; page += 1) {
    const query = { limit: 1000, ...(before === undefined ? {} : { before }) }
    const { tasks: rows } = await client.tasks.list(query, { signal })
    before = rows.at(-1)?.id
    if (before === undefined) break
    if (page % Math.ceil(tasks / 1000 / pagesEach) === 0) found.push(before)
  }
  return found
}
