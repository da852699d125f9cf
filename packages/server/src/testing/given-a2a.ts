import { moleculeClient } from '@molecule/sdk'
import { hostClient } from '@molecule/sdk/host'
import { givenHosted } from './given-credential.ts'
import { type TestServer, testServer } from './test-server.ts'

/** A server with a workspace that is served as an A2A agent, and the hands of its host. */
export async function givenAgent(server?: TestServer) {
  const running = server ?? (await testServer())
  const agent = await givenHosted(running, { name: 'agent', max_concurrent_tasks: 100 })
  const host = hostClient({ baseUrl: running.url, token: agent.host })
  const base = `/workspaces/${agent.id}`
  /** Takes up the next task and starts it. */
  const begin = async () => {
    const { attempts } = await host.lease({ capacity: 1, wait_s: 10, running: [] })
    const [leased] = attempts
    if (!leased) throw new Error('nothing was leased')
    const { task_id, attempt, fence } = leased
    await host.start({ task_id, attempt, fence })
    return { task_id, attempt, fence }
  }
  const print = (ref: Awaited<ReturnType<typeof begin>>, chunk: number, text: string) =>
    host.beat({
      attempts: [
        {
          ...ref,
          progressed: true,
          output: [{ chunk, offset: chunk * 100, stream: 'stdout', text }],
        },
      ],
    })
  const end = (ref: Awaited<ReturnType<typeof begin>>, result: string) =>
    host.complete({ ...ref, outcome: 'completed', result })
  /** Ends the attempt with a question. */
  const ask = async (ref: Awaited<ReturnType<typeof begin>>, question: string) => {
    const worker = moleculeClient({ baseUrl: running.url, token: agent.agent })
    await worker.tasks.question(ref.task_id, question)
    await end(ref, '')
  }
  const answer = async (result: string) => {
    const ref = await begin()
    await end(ref, result)
    return ref
  }
  return { server: running, agent, host, base, begin, print, end, ask, answer }
}

/** A stranger of the org: another workspace that may talk to the agent. */
export async function givenCaller(server: TestServer) {
  const caller = await givenHosted(server, { name: 'caller' })
  return {
    ...caller,
    client: moleculeClient({ baseUrl: server.url, token: caller.agent }),
    authorization: `Bearer ${caller.agent}`,
  }
}
