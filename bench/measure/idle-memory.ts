import { setTimeout as sleep } from 'node:timers/promises'
import { emptyNode } from '../floor/empty-node.ts'
import type { Bench, Figure, Measurement } from '../measurement.ts'
import { hostsBelow, memoryMb } from '../product/process-figures.ts'
import { startServer } from '../product/server.ts'
import { echoWorkspace } from '../product/workspace.ts'

const rounds = 3
const settleMs = 10_000

/** A server with one idle workspace and its agent host, compile cache warm. Targets hold for the resident set. */
export const idleMemory: Measurement = {
  name: 'idle-memory',
  unit: 'MB',
  floor: 'an empty Node process that lives at the same time',
  async run(bench) {
    bench.say('a start and an end that fill the compile cache')
    await look(bench, 0)
    const seen: Look[] = []
    for (let round = 1; round <= rounds; round++) {
      bench.say(`round ${round} of ${rounds}: settling for ${settleMs / 1000} s`)
      seen.push(await look(bench, settleMs))
    }
    const figure = (who: 'server' | 'host', kind: 'rss' | 'pss', atMost?: number): Figure => ({
      name: `${who === 'host' ? 'agent host' : who}, ${kind}`,
      samples: seen.map((each) => each[who][kind]),
      floors: [{ name: `empty Node, ${kind}`, samples: seen.map(({ empty }) => empty[kind]) }],
      ...(atMost === undefined ? {} : { target: { of: 'ratio', atMost } }),
    })
    return [
      figure('server', 'rss', 3),
      figure('host', 'rss', 1.7),
      figure('server', 'pss'),
      figure('host', 'pss'),
    ]
  },
}

type Look = Awaited<ReturnType<typeof look>>

async function look(bench: Bench, settleForMs: number) {
  const { folder, signal } = bench
  await using server = await startServer(bench, { by: 'npm' })
  await using empty = emptyNode(signal)
  const name = `idle-${Date.now()}`
  const id = await echoWorkspace(server.client, name, signal)
  await sleep(settleForMs, undefined, { signal })
  const host = hostsBelow(`${folder}/data/workspaces/${id}`)[0]
  if (host === undefined) throw new Error('no agent host runs')
  const seen = { server: memoryMb(server.pid), host: memoryMb(host), empty: memoryMb(empty.pid) }
  await server.client.workspaces.remove(id, {}, { signal })
  return seen
}
