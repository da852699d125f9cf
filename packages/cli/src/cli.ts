import { type Client, type Fetch, moleculeClient } from '@molecule/sdk'
import { nodeFetch } from '@molecule/sdk/node-fetch'
import type { Command } from 'commander'
import { type Connection, type ConnectionOptions, resolveConnection } from './connection.ts'
import type { Environment } from './environment.ts'
import { exitCode } from './exit-code.ts'
import { type Output, output } from './output/output.ts'
import type { Sink } from './output/terminal.ts'

type GlobalOptions = ConnectionOptions & { json?: boolean }

/** What every command is handed. */
export type Cli = {
  env: Environment
  out: Output
  /** Ends with Ctrl-C or SIGTERM. */
  signal: AbortSignal
  stdin: NodeJS.ReadStream
  options(): GlobalOptions
  connection(): Connection
  client(): Client
  /** For a command that has told its failure itself. */
  endWith(exitCode: number): void
  exitCode(): number
}

export type CliParts = {
  env: Environment
  stdin: NodeJS.ReadStream
  stdout: Sink
  stderr: Sink
  signal: AbortSignal
}

export function cliFor(program: Command, { env, stdin, stdout, stderr, signal }: CliParts): Cli {
  const options = () => program.opts<GlobalOptions>()
  const connection = once(() => resolveConnection(options(), env))
  const isJson = () => options().json === true
  const out = output({ stdout, stderr, env, isJson })
  const fetch = waitingAloud(nodeFetch(), out)
  const client = once(() => clientFor(connection(), fetch))
  let ending: number = exitCode.ok
  return {
    env,
    out,
    signal,
    stdin,
    options,
    connection,
    client,
    endWith: (code) => {
      ending = code
    },
    exitCode: () => ending,
  }
}

export const clientFor = (
  { url, token }: Pick<Connection, 'url' | 'token'>,
  fetch: Fetch = nodeFetch(),
) => moleculeClient({ baseUrl: url, fetch, ...(token ? { token } : {}) })

const waitingAloud =
  (fetch: Fetch, out: Output): Fetch =>
  async (url, init) => {
    using _progress = out.spinner('waiting for the server')
    return await fetch(url, init)
  }

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
