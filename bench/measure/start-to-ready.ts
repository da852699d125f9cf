import { emptyStart } from '../floor/empty-node.ts'
import type { Bench, Measurement } from '../measurement.ts'
import { startServer } from '../product/server.ts'
import { alternate, timed } from '../statistics.ts'

const rounds = 5

/** Of a server that has been started before: the first `npm start` also prepares the checkout. */
export const startToReady: Measurement = {
  name: 'start-to-ready',
  unit: 'ms',
  floor: 'start and end of an empty Node process',
  async run(bench) {
    bench.say('a first npm start, which is not measured')
    await readyMs(bench, 'npm')
    bench.say(`${rounds} rounds`)
    const { npm, bare, floor } = await alternate(rounds, bench.signal, {
      npm: () => readyMs(bench, 'npm'),
      bare: () => readyMs(bench, 'bare'),
      floor: () => timed(() => emptyStart(bench.signal)),
    })
    const floors = [{ name: 'empty Node start', samples: floor }]
    return [
      { name: 'npm start', samples: npm, floors, target: { of: 'value', atMost: 1500 } },
      { name: 'server process', samples: bare, floors },
    ]
  },
}

async function readyMs(bench: Bench, by: 'npm' | 'bare') {
  await using server = await startServer(bench, { by })
  return server.readyMs
}
