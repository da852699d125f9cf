import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Client, moleculeClient } from '@molecule/sdk'
import { nodeFetch } from '@molecule/sdk/node-fetch'
import type { Bench } from '../measurement.ts'
import { plainEnv, productEnv, startProgram } from './program.ts'

export type Server = AsyncDisposable & {
  readonly pid: number
  readonly url: string
  readonly client: Client
  /** Of the admin. */
  readonly token: string
  /** From the start of the command to the line that says it is ready. */
  readonly readyMs: number
}

const stopMs = 60_000

/** `npm`: the command of the README. `bare`: the process that it ends up as. */
const commands = {
  npm: { command: 'npm', args: ['start', '--', '--no-demo'], env: plainEnv },
  bare: {
    command: process.execPath,
    args: ['packages/server/src/main.ts', '--no-demo'],
    env: productEnv,
  },
} as const

/** A server on this data folder, below the folder of the measurement; its end ends its agents too. */
export async function startServer(
  { folder, signal }: Bench,
  {
    dataDir = 'data',
    by = 'bare',
    env: more = {},
  }: { dataDir?: string; by?: keyof typeof commands; env?: Record<string, string> } = {},
): Promise<Server> {
  const { command, args, env } = commands[by]
  const data = join(folder, dataDir)
  const from = performance.now()
  await using stack = new AsyncDisposableStack()
  const program = stack.use(
    startProgram(command, args, {
      env: { ...env, ...more, MOLECULE_DATA_DIR: data, HOST: '127.0.0.1', PORT: '0' },
      signal,
    }),
  )
  const [, url = ''] = await program.until(/Molecule is ready at (\S+)\n/)
  const readyMs = performance.now() - from
  const token = (await readFile(join(data, 'admin-token'), 'utf8')).trim()
  const { pid } = JSON.parse(await readFile(join(data, 'server.json'), 'utf8'))
  const client = moleculeClient({ baseUrl: url, token, fetch: nodeFetch() })
  stack.defer(async () => {
    await client.admin.shutdown({ stop_agents: true }, { timeoutMs: stopMs })
    await program.ended
  })
  const parts = stack.move()
  return { pid, url, client, token, readyMs, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}
