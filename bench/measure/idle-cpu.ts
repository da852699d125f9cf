import { setTimeout as sleep } from 'node:timers/promises'
import { emptyNode } from '../floor/empty-node.ts'
import type { Measurement } from '../measurement.ts'
import { cpuSeconds, hostsBelow } from '../product/process-figures.ts'
import { startServer } from '../product/server.ts'
import { echoWorkspaces } from '../product/workspace.ts'

const workspaces = 50
const settleMs = 5_000
const windowMs = 10_000
const rounds = 3

/** Processor time of a server, and of one agent host, while 50 workspaces have nothing to do. */
export const idleCpu: Measurement = {
  name: 'idle-cpu',
  unit: '% of one processor',
  floor: 'an empty Node process at the same time',
  async run(bench) {
    const { folder, signal, say } = bench
    await using server = await startServer(bench)
    await using empty = emptyNode(signal)
    say(`starting ${workspaces} workspaces`)
    await echoWorkspaces(server.client, workspaces, signal)
    await sleep(settleMs, undefined, { signal })

    const hosts = hostsBelow(folder)
    const pids = { server: [server.pid], hosts, empty: [empty.pid] }
    const used = () => ({
      server: totalSeconds(pids.server),
      hosts: totalSeconds(pids.hosts) / hosts.length,
      empty: totalSeconds(pids.empty),
    })
    const shares: ReturnType<typeof used>[] = []
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}: watching for ${windowMs / 1000} s`)
      const before = used()
      await sleep(windowMs, undefined, { signal })
      const after = used()
      const share = (who: keyof typeof before) => (after[who] - before[who]) / (windowMs / 100_000)
      shares.push({ server: share('server'), hosts: share('hosts'), empty: share('empty') })
    }
    const floors = [{ name: 'empty Node', samples: shares.map(({ empty }) => empty) }]
    return [
      { name: `server, ${workspaces} workspaces`, samples: shares.map((s) => s.server), floors },
      { name: 'one agent host', samples: shares.map((s) => s.hosts), floors },
    ]
  },
}

const totalSeconds = (pids: readonly number[]) =>
  pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0)
