import { moleculeClient } from '@molecule/sdk'
import { expect, onTestFinished, test } from 'vitest'
import WebSocket from 'ws'
import { givenHosted } from '../testing/given-credential.ts'
import { type TestServer, testServer } from '../testing/test-server.ts'

type Frame = { seq?: number; event: string; entity_id?: string; rev?: number }

/** Another server on the same database, with a folder of its own. */
const replicaOf = (first: TestServer): Promise<TestServer> =>
  testServer({ env: { DATABASE_URL: first.databaseUrl } })

async function watch(server: TestServer, token: string) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/ws?since=0`, {
    headers: { authorization: `Bearer ${token}` },
  })
  const heard: Frame[] = []
  socket.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Frame
    if (frame.seq !== undefined && frame.event !== 'bookmark') heard.push(frame)
  })
  await new Promise((resolve) => socket.once('open', resolve))
  onTestFinished(() => socket.terminate())
  return heard
}

const onPostgres = test.runIf(process.env.TEST_DATABASE_URL !== undefined)

onPostgres(
  'CM-55: LC-52: watchers of two servers on one database see one identical sequence',
  async () => {
    const first = await testServer()
    const worker = await givenHosted(first, { name: 'worker' })
    const second = await replicaOf(first)
    // The credential of the server that came last is that of both.
    const token = second.adminToken
    const [here, there] = [await watch(first, token), await watch(second, token)]
    const clients = [first, second].map(({ url }) => moleculeClient({ baseUrl: url, token }))

    const asks = Array.from({ length: 60 }, (_, n) =>
      clients[n % 2]?.workspaces.ask(worker.id, { text: `task ${n}` }),
    )
    const tasks = await Promise.all(asks)

    const told = (frames: Frame[]) => frames.filter(({ event }) => event === 'TASK_SENT').length
    await expect.poll(() => [told(here), told(there)]).toEqual([tasks.length, tasks.length])
    expect(here).toEqual(there)
    const seqs = here.map(({ seq }) => seq)
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index))
  },
)
