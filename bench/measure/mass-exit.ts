import { setTimeout as sleep } from 'node:timers/promises'
import type { Workspace } from '@molecule/contract/workspace'
import type { Client } from '@molecule/sdk'
import type { Measurement } from '../measurement.ts'
import { hostsBelow } from '../product/process-figures.ts'
import { startServer } from '../product/server.ts'
import { echoWorkspaces } from '../product/workspace.ts'
import { percentile } from '../statistics.ts'

const workspaces = 50
const rounds = 3
const quietMs = 3000
const askEveryMs = 5

/** 50 agent hosts end at once: how the server answers from then until all are back, and when it has noticed the last. */
export const massExit: Measurement = {
  name: 'mass-exit',
  unit: 'ms',
  floor: 'the same before the exit',
  async run(bench) {
    const { folder, signal, say } = bench
    await using server = await startServer(bench)
    const { client } = server
    say(`starting ${workspaces} workspaces`)
    await echoWorkspaces(client, workspaces, signal)

    const quiet: number[] = []
    const answered: number[] = []
    const noticed: number[] = []
    const back: number[] = []
    for (let round = 1; round <= rounds; round++) {
      say(`round ${round} of ${rounds}`)
      quiet.push(percentile(await askFor(client, quietMs, signal), 0.99))
      const watched = await exitAll(client, folder, signal)
      answered.push(percentile(watched.answerMs, 0.99))
      noticed.push(watched.noticedMs)
      back.push(watched.backMs)
    }
    return [
      {
        name: 'p99 of GET /workspaces',
        samples: answered,
        floors: [{ name: 'before the exit', samples: quiet }],
        target: { of: 'value', atMost: 200 },
      },
      {
        name: 'until the last is noticed',
        samples: noticed,
        floors: [],
        target: { of: 'value', atMost: 5000 },
      },
      { name: 'until all are online again', samples: back, floors: [] },
    ]
  },
}

/** How long each list took, asked for again and again for so long. */
async function askFor(client: Client, forMs: number, signal: AbortSignal): Promise<number[]> {
  const until = performance.now() + forMs
  const answerMs: number[] = []
  while (performance.now() < until) answerMs.push((await ask(client, signal)).tookMs)
  return answerMs
}

/** Kills every host, and asks until each workspace has left `online` and come back. */
async function exitAll(client: Client, folder: string, signal: AbortSignal) {
  const before = await ask(client, signal)
  const starts = new Map(before.list.map(({ id, incarnation }) => [id, incarnation]))
  const hosts = hostsBelow(folder)
  if (hosts.length !== workspaces) throw new Error(`${hosts.length} hosts of ${workspaces} run`)
  const from = performance.now()
  for (const pid of hosts) process.kill(pid, 'SIGKILL')

  const isNew = ({ id, incarnation }: Workspace) => incarnation !== starts.get(id)
  const unnoticed = new Set(starts.keys())
  const answerMs: number[] = []
  let noticedMs = 0
  for (;;) {
    const { list, tookMs } = await ask(client, signal)
    answerMs.push(tookMs)
    for (const each of list)
      if ((each.status !== 'online' || isNew(each)) && unnoticed.delete(each.id))
        noticedMs = performance.now() - from
    const isBack = list.every((each) => each.status === 'online' && isNew(each))
    if (isBack) return { answerMs, noticedMs, backMs: performance.now() - from }
  }
}

async function ask(client: Client, signal: AbortSignal) {
  await sleep(askEveryMs, undefined, { signal })
  const from = performance.now()
  const list = await client.workspaces.list({ signal })
  return { list, tookMs: performance.now() - from }
}
