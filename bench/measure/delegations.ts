import { delegateToNeighbours, proveOnce } from '../fleet/delegate.ts'
import { type Fleet, startFleet } from '../fleet/fleet.ts'
import { durableInsertsPerSecond } from '../floor/durable-insert.ts'
import { type Echo, startEcho } from '../floor/echo.ts'
import type { Measurement } from '../measurement.ts'
import { cpuSeconds } from '../product/process-figures.ts'
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
    const serverMs: number[] = []
    const echoMs: number[] = []
    const { delegated, inserted, echoed } = await alternate(rounds, signal, {
      delegated: async () => {
        const { perSecond, serverMsEach } = await delegateAll(fleet, signal)
        serverMs.push(serverMsEach)
        return perSecond
      },
      inserted: async () => durableInsertsPerSecond(folder, inserts),
      echoed: async () => {
        const { perSecond, serverMsEach } = await echoAll(echo)
        echoMs.push(serverMsEach)
        return perSecond
      },
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
      {
        name: 'processor time of the server for one',
        unit: 'ms',
        samples: serverMs,
        floors: [{ name: 'for one HTTP echo', samples: echoMs }],
      },
    ]
  },
}

async function delegateAll(fleet: Fleet, signal: AbortSignal) {
  const ids: string[] = []
  const rates = await ratesOf(fleet.serverPid, agents * perAgent, async () => {
    ids.push(...(await delegateToNeighbours(fleet, perAgent, signal)))
  })
  await proveOnce(fleet, ids, signal)
  return rates
}

function echoAll(echo: Echo) {
  const body = JSON.stringify({ task: 'do nothing' })
  const sendSome = async () => {
    for (let n = 0; n < echoes / agents; n++) await echo.send(body)
  }
  return ratesOf(echo.pid, echoes, () => Promise.all(Array.from({ length: agents }, sendSome)))
}

/** On a busy machine the rate says more of the others; processor time, beside that of the floor, says less. */
async function ratesOf(serverPid: number, count: number, work: () => Promise<unknown>) {
  const usedBefore = cpuSeconds(serverPid)
  const ms = await timed(work)
  const usedMs = (cpuSeconds(serverPid) - usedBefore) * 1000
  return { perSecond: count / (ms / 1000), serverMsEach: usedMs / count }
}
