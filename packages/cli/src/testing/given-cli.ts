import { contractServer } from './contract-server.ts'
import type { ContractState } from './contract-state.ts'
import { bareHome, type RunOptions, runCli } from './run-cli.ts'

/** A home, a server and the command that talks to it as its admin. */
export async function givenCli(state: Partial<ContractState> = {}) {
  const home = bareHome()
  const server = await contractServer(state)
  const connected = { MOLECULE_URL: server.url, MOLECULE_TOKEN: server.state.token }
  return {
    home: home.path,
    server,
    state: server.state,
    run: (args: readonly string[], { env, ...options }: Partial<RunOptions> = {}) =>
      runCli(args, { cwd: home.path, env: { ...connected, ...env }, ...options }),
    bodyOf: (method: string, path: string | RegExp) =>
      server.asked.find(
        (call) =>
          call.method === method &&
          (typeof path === 'string' ? call.path === path : path.test(call.path)),
      )?.body,
    async [Symbol.asyncDispose]() {
      home[Symbol.dispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}
