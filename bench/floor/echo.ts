import { nodeFetch } from '@molecule/sdk/node-fetch'
import { productEnv, startProgram } from '../product/program.ts'

export type Echo = AsyncDisposable & {
  readonly pid: number
  /** One request and its answer, by the client that agents use. */
  send(body: string): Promise<void>
}

/** A raw HTTP server, in a process of its own as the product is. */
export async function startEcho(signal: AbortSignal): Promise<Echo> {
  await using stack = new AsyncDisposableStack()
  const args = ['bench/programs/echo-server.ts']
  const program = stack.use(startProgram(process.execPath, args, { env: productEnv, signal }))
  const [, url = ''] = await program.until(/echo at (\S+)\n/)
  const fetch = nodeFetch()
  const headers = { 'content-type': 'application/json' }
  const parts = stack.move()
  return {
    pid: program.pid,
    async send(body) {
      const response = await fetch(url, { method: 'POST', headers, body, signal })
      if ((await response.text()) !== body) throw new Error('the echo differs')
    },
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
