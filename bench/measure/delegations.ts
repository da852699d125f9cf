import { delegateToNeighbours, proveOnce } from '../fleet/delegate.ts'
import { type Fleet, startFleet } from '../fleet/fleet.ts'
import { durableInsertsPerSecond } from '../floor/durable-insert.ts'
import { type Echo, startEcho } from '../floor/echo.ts'
import type { Measurement } from '../measurement.ts'
import { alternate, timed } from '../statistics.ts'

const agents = 50
const perAgent = 20
const inserts = 500
const echoes = 4000
const rounds = 3

/** Every agent delegates to its neighbour, which does nothing; from the first request to the last recorded result. */
export const delegations: Measurement = {
  name: 'delegations',
  unit: '/s',
  floor: 'single durable inserts, and raw HTTP echoes by as many clients',
  async run(bench) {
    const { folder, signal } = bench
    await using fleet = await startFleet(bench, agents)
    await using echo = await startEcho(signal)
    bench.say(`${rounds} rounds of ${agents * perAgent} delegations over ${agents} agents`)
    const { delegated, inserted, echoed } = await alternate(rounds, signal, {
      delegated: () => delegationsPerSecond(fleet, signal),
      inserted: async () => durableInsertsPerSecond(folder, inserts),
      echoed: () => echoesPerSecond(echo),
    })
    return [
      {
        name: `over ${agents} agents`,
        samples: delegated,
        floors: [
          { name: 'durable inserts', samples: inserted },
          { name: 'HTTP echoes', samples: echoed },
        ],
        target: { of: 'value', atLeast: 300 },
      },
    ]
  },
}

async function delegationsPerSecond(fleet: Fleet, signal: AbortSignal) {
  let ids: string[] = []
  const ms = await timed(async () => {
    ids = await delegateToNeighbours(fleet, perAgent, signal)
  })
  await proveOnce(fleet, ids, signal)
  return ids.length / (ms / 1000)
}

async function echoesPerSecond(echo: Echo) {
  const body = JSON.stringify({ task: 'do nothing' })
  const sendSome = async () => {
    for (let n = 0; n < echoes / agents; n++) await echo.send(body)
  }
  const ms = await timed(() => Promise.all(Array.from({ length: agents }, sendSome)))
  return echoes / (ms / 1000)
}
