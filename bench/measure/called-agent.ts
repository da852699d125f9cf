import { nodeFetch } from '@molecule/sdk/node-fetch'
import type { Bench, Measurement } from '../measurement.ts'
import { productEnv, startProgram } from '../product/program.ts'
import { startServer } from '../product/server.ts'
import { alternate, percentile, timed } from '../statistics.ts'

const asked = 100
const rounds = 3

/** A message to an agent that is called, through the server and straight to it: the difference is what durability costs. */
export const calledAgent: Measurement = {
  name: 'called-agent',
  unit: 'ms',
  floor: 'the same message sent to the agent itself',
  async run(bench) {
    const { signal } = bench
    await using server = await startServer(bench, { env: { OUTBOUND_ALLOW: '127.0.0.1' } })
    await using agent = await startAgent(bench)
    const { id } = await server.client.workspaces.create({
      name: 'called',
      external: true,
      delivery_mode: 'push',
      url: agent.url,
    })
    const fetch = nodeFetch()
    const send = async (url: string, headers: Record<string, string>) => {
      const message = {
        messageId: crypto.randomUUID(),
        role: 'user',
        kind: 'message',
        parts: [{ kind: 'text', text: 'hello' }],
      }
      const body = JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'message/send',
        params: { message },
      })
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        signal,
      })
      if (!(await answer.text()).includes('hello')) throw new Error('the agent did not answer')
    }
    const through = () =>
      send(`${server.url}/workspaces/${id}/a2a`, { authorization: `Bearer ${server.token}` })
    const took = { product: [] as number[], direct: [] as number[] }
    const round = async (into: number[], once: () => Promise<void>) => {
      const samples: number[] = []
      for (let n = 0; n < asked; n += 1) samples.push(await timed(once))
      into.push(percentile(samples, 0.99))
      return percentile(samples, 0.5)
    }
    const samples = await alternate(rounds, signal, {
      product: () => round(took.product, through),
      direct: () => round(took.direct, () => send(agent.url, {})),
    })
    const over = (all: readonly number[], floor: readonly number[]) =>
      all.map((each, n) => each - (floor[n] ?? 0))
    return [
      {
        name: 'p50 over direct',
        samples: over(samples.product, samples.direct),
        floors: [],
        target: { of: 'value', atMost: 2 },
      },
      {
        name: 'p99 over direct',
        samples: over(took.product, took.direct),
        floors: [],
        target: { of: 'value', atMost: 10 },
      },
      {
        name: 'p50',
        samples: samples.product,
        floors: [{ name: 'direct', samples: samples.direct }],
      },
      { name: 'p99', samples: took.product, floors: [{ name: 'direct', samples: took.direct }] },
    ]
  },
}

async function startAgent({ signal }: Bench) {
  await using stack = new AsyncDisposableStack()
  const args = ['bench/programs/a2a-echo.ts']
  const program = stack.use(startProgram(process.execPath, args, { env: productEnv, signal }))
  const [, url = ''] = await program.until(/agent at (\S+)\n/)
  const parts = stack.move()
  return { url, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}
