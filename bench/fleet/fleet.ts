import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LeasedAttempt } from '@molecule/contract/host'
import { type Client, moleculeClient } from '@molecule/sdk'
import { nodeFetch } from '@molecule/sdk/node-fetch'
import type { Bench } from '../measurement.ts'
import { productEnv, startProgram } from '../product/program.ts'
import { type Agent, type Boot, startAgent } from './agent.ts'

export type Fleet = AsyncDisposable & {
  readonly agents: readonly Agent[]
  readonly serverPid: number
  /** With the rights of an admin. */
  readonly client: Client
  /** Starts granted to any agent so far, by task. */
  readonly starts: ReadonlyMap<string, number>
  /** Resolves when so many ends were recorded in all; rejects when an agent fails. */
  untilEnded(count: number): Promise<void>
}

/** A server in a process of its own, on a database file, and this many agents in ours. */
export async function startFleet({ folder, signal }: Bench, size: number): Promise<Fleet> {
  await using stack = new AsyncDisposableStack()
  const data = join(folder, 'fleet')
  const program = stack.use(
    startProgram(process.execPath, ['bench/programs/fleet-server.ts'], {
      env: { ...productEnv, MOLECULE_DATA_DIR: data, HOST: '127.0.0.1', PORT: '0' },
      signal,
    }),
  )
  const [, baseUrl = ''] = await program.until(/{"ready":"([^"]+)"}\n/)
  const token = (await readFile(join(data, 'admin-token'), 'utf8')).trim()
  const fetch = nodeFetch()
  const client = moleculeClient({ baseUrl, token, fetch })

  const ending = new AbortController()
  const tally = tallyOf(AbortSignal.any([signal, ending.signal]))
  const begin = async (_: unknown, index: number) => {
    const config = { runtime: 'command', runtime_config: { command: 'true' } }
    const { id } = await client.workspaces.create({ name: `agent-${index}`, ...config }, { signal })
    const [, start = ''] = await program.until(
      new RegExp(`{"start":({"workspaceId":"${id}".*})}\n`),
    )
    const boot: Boot = JSON.parse(start)
    return startAgent({ boot, fetch, signal: ending.signal, ...tally })
  }
  const agents = await Promise.all(Array.from({ length: size }, begin))
  const failed = Promise.all(agents.map(({ done }) => done))
  stack.defer(async () => {
    ending.abort()
    await failed.catch(() => {})
  })
  const parts = stack.move()
  return {
    agents,
    serverPid: program.pid,
    client,
    starts: tally.starts,
    untilEnded: (count) => Promise.race([tally.until(count), failed]).then(() => {}),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

function tallyOf(signal: AbortSignal) {
  const starts = new Map<string, number>()
  const change = new EventTarget()
  let ended = 0
  return {
    starts,
    onStart({ task_id }: LeasedAttempt) {
      starts.set(task_id, (starts.get(task_id) ?? 0) + 1)
    },
    onEnd() {
      ended += 1
      change.dispatchEvent(new Event('end'))
    },
    async until(count: number) {
      while (ended < count) await once(change, 'end', { signal })
    },
  }
}
