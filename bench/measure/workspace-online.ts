import { emptyStart } from '../floor/empty-node.ts'
import type { Measurement } from '../measurement.ts'
import { startServer } from '../product/server.ts'
import { echoWorkspace } from '../product/workspace.ts'
import { alternate, timed } from '../statistics.ts'

const rounds = 7

/** From the request that creates a `command` workspace to the status `online`. */
export const workspaceOnline: Measurement = {
  name: 'workspace-online',
  unit: 'ms',
  floor: 'start and end of an empty Node process',
  async run(bench) {
    const { signal } = bench
    await using server = await startServer(bench)
    let created = 0
    const create = () => echoWorkspace(server.client, `w-${created++}`, signal)
    await create()
    bench.say(`${rounds} rounds`)
    const { online, floor } = await alternate(rounds, signal, {
      online: () => timed(create),
      floor: () => timed(() => emptyStart(signal)),
    })
    const floors = [{ name: 'empty Node start', samples: floor }]
    const target = { of: 'value', atMost: 1000 } as const
    return [{ name: 'created to online', samples: online, floors, target }]
  },
}
