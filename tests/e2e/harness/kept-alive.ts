import type { Installation, ServerOptions } from './installation.ts'
import type { ServerProcess } from './server-process.ts'

export type KeptAlive = {
  /** The process of now. */
  current(): ServerProcess
  /** What each process printed so far. */
  outputs(): string[]
}

/** Does the work beside a server that is started again whenever it dies. `options` says how to start the n-th, from 0. */
export async function whileKeptAlive<T>(
  installation: Installation,
  options: (n: number) => ServerOptions,
  work: (kept: KeptAlive) => Promise<T>,
  { mostDeaths = 5 }: { mostDeaths?: number } = {},
): Promise<T> {
  const servers: ServerProcess[] = []
  const launch = () => {
    const server = installation.launch(options(servers.length))
    servers.push(server)
    return server
  }
  const outputs = () => servers.map((server) => server.output())
  let current = launch()
  let isDone = false
  const keep = async () => {
    for (;;) {
      await current.ended
      if (isDone) return
      if (servers.length > mostDeaths)
        throw new Error(`the server died ${servers.length} times:\n${outputs().join('\n--\n')}`)
      current = launch()
    }
  }
  const dying = keep()
  try {
    const worked = work({ current: () => current, outputs })
    return await Promise.race([worked, dying.then(() => worked)])
  } finally {
    isDone = true
    dying.catch(() => {})
  }
}
