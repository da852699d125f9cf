import type { Client } from '@molecule/sdk'
import { startEcho } from '../floor/echo.ts'
import type { Figure, Measurement } from '../measurement.ts'
import { startServer } from '../product/server.ts'
import { echoWorkspace } from '../product/workspace.ts'
import { percentile, timed } from '../statistics.ts'

const rounds = 3
const tasksPerRound = 100
const tasksToWarmUp = 20
const waitSeconds = 20
const text = 'do nothing'

/** From asking a workspace to reading the answer of its program, which is `cat`, one task after the other. */
export const taskRoundTrip: Measurement = {
  name: 'task-round-trip',
  unit: 'ms',
  floor: 'a raw HTTP echo of the same body',
  async run(bench) {
    const { signal, say } = bench
    await using server = await startServer(bench)
    await using echo = await startEcho(signal)
    const id = await echoWorkspace(server.client, 'echo', signal)
    const ask = () => roundTrip(server.client, id, signal)
    const body = JSON.stringify({ text })
    await series(tasksToWarmUp, ask)
    await series(tasksToWarmUp, () => echo.send(body))

    const tasks: number[][] = []
    const echoes: number[][] = []
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}: ${tasksPerRound} tasks`)
      tasks.push(await series(tasksPerRound, ask))
      echoes.push(await series(tasksPerRound, () => echo.send(body)))
    }
    return [0.5, 0.99].map((share): Figure => {
      const of = (round: number[]) => percentile(round, share)
      const name = `p${share * 100}`
      return {
        name,
        samples: tasks.map(of),
        floors: [{ name: 'HTTP echo', samples: echoes.map(of) }],
      }
    })
  },
}

async function series(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = []
  for (let n = 0; n < count; n++) times.push(await timed(work))
  return times
}

async function roundTrip(client: Client, workspaceId: string, signal: AbortSignal) {
  const { id } = await client.workspaces.ask(workspaceId, { text }, { signal })
  const task = await client.tasks.get(id, { wait: waitSeconds }, { signal })
  if (task.result !== text) throw new Error(`task ${id} is ${task.status}: ${task.error?.detail}`)
}
