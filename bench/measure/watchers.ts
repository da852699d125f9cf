import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { nodeFetch } from '@molecule/sdk/node-fetch'
import { WebSocket } from 'ws'
import type { Bench, Measurement } from '../measurement.ts'
import { productEnv, startProgram } from '../product/program.ts'
import { startServer } from '../product/server.ts'
import { alternate, percentile } from '../statistics.ts'

const watchers = 1000
const eventsPerS = 10
const eventsEach = 50
const rounds = 3
const atOnce = 50

/** Ten changes a second, each to a thousand watchers: from the request that makes the change until each of them has it. */
export const manyWatchers: Measurement = {
  name: 'watchers',
  unit: 'ms',
  floor: 'a bare WebSocket server that sends the same bytes to as many',
  async run(bench) {
    const { signal, say } = bench
    await using server = await startServer(bench)
    await using bare = await startBroadcast(bench)
    const { id } = await server.client.workspaces.create({ name: 'watched', external: true })
    const token = server.token
    say(`connecting ${watchers} watchers to each`)
    await using live = await watchAll(`${server.url.replace('http', 'ws')}/ws`, token)
    await using floor = await watchAll(`ws://${bare.address}/`, token)
    let name = 0
    const role = () => {
      name += 1
      return `role-${name}-`
    }
    const samples = await alternate(rounds, signal, {
      product: () =>
        live.measure(role, async (mark) => {
          await server.client.workspaces.update(id, { role: mark }, { signal })
        }),
      floor: () =>
        floor.measure(role, (mark) =>
          bare.send(JSON.stringify({ role: mark, row: 'x'.repeat(1500) })),
        ),
    })
    return [
      {
        name: `p99 of ${eventsPerS} events/s to ${watchers}`,
        samples: samples.product,
        floors: [{ name: 'bare broadcast', samples: samples.floor }],
        target: { of: 'value', atMost: 250 },
      },
    ]
  },
}

async function startBroadcast({ signal }: Bench) {
  await using stack = new AsyncDisposableStack()
  const args = ['bench/programs/broadcast-server.ts']
  const program = stack.use(startProgram(process.execPath, args, { env: productEnv, signal }))
  const [, address = ''] = await program.until(/broadcast at (\S+)\n/)
  const fetch = nodeFetch()
  const parts = stack.move()
  return {
    address,
    async send(body: string) {
      await (await fetch(`http://${address}/`, { method: 'POST', headers: {}, body })).text()
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

/** Sockets that note when each of them has seen a mark. */
async function watchAll(url: string, token: string) {
  const sockets: WebSocket[] = []
  const seen = new Map<string, { from: number; took: number[] }>()
  const note = (data: Buffer) => {
    const [mark] = /role-\d+-/.exec(data.toString('latin1')) ?? []
    const about = mark === undefined ? undefined : seen.get(mark)
    about?.took.push(performance.now() - about.from)
  }
  while (sockets.length < watchers) {
    const some = Array.from({ length: atOnce }, () => {
      const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } })
      socket.on('message', note)
      return socket
    })
    await Promise.all(some.map((socket) => once(socket, 'open')))
    sockets.push(...some)
  }
  return {
    /** Makes changes at an even pace; answers the 99th percentile of all watchers and all changes. */
    async measure(
      nextMark: () => string,
      change: (mark: string) => Promise<void>,
    ): Promise<number> {
      const marks: string[] = []
      for (let n = 0; n < eventsEach; n += 1) {
        const mark = nextMark()
        marks.push(mark)
        const from = performance.now()
        seen.set(mark, { from, took: [] })
        await change(mark)
        await sleep(Math.max(0, 1000 / eventsPerS - (performance.now() - from)))
      }
      await sleep(1000)
      const took = marks.flatMap((mark) => seen.get(mark)?.took ?? [])
      if (took.length < marks.length * watchers)
        throw new Error(`${took.length} of ${marks.length * watchers} messages came`)
      return percentile(took, 0.99)
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.terminate()
    },
  }
}
