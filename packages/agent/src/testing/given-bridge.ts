import { appendFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { moleculeClient } from '@molecule/sdk'
import { nodeFetch } from '@molecule/sdk/node-fetch'
import { onTestFinished } from 'vitest'
import { givenExternal } from '../../../server/src/testing/given-external.ts'
import { testServer } from '../../../server/src/testing/test-server.ts'
import { endProcesses } from '../adapter/end-processes.ts'
import { type BridgeOptions, runBridge } from '../bridge/bridge.ts'
import { hostEnv } from '../env.ts'

/** A real server, and a bridge in this process whose program is a script unless it is said otherwise. */
export async function givenBridge(script = 'exec cat') {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout', max_concurrent_tasks: 2 })
  const folder = await mkdtemp(join(tmpdir(), 'bridge-'))
  const stateDir = join(folder, 'state')
  await mkdir(stateDir)
  const agent = moleculeClient({ baseUrl: server.url, token: scout.token })
  onTestFinished(async () => {
    const marks = [`WORKSPACE_ID=${scout.id}`]
    await endProcesses({ marks, leader: () => undefined, graceMs: 0 })
    await rm(folder, { recursive: true, force: true })
  })
  const start = (more: Partial<BridgeOptions> = {}) => {
    const stop = new AbortController()
    const ended = runBridge(
      {
        ...{ url: server.url, token: scout.token, workspaceId: scout.id, runtime: 'command' },
        runtimeConfig: { command: 'sh', args: ['-c', script] },
        ...{ model: undefined, workDir: folder, stateDir, maxAtOnce: 1 },
        ...{ isOnce: false, isRetried: true, env: hostEnv().base, fetch: nodeFetch() },
        log: () => {},
        ...more,
      },
      stop.signal,
    )
    ended.catch(() => {})
    onTestFinished(async () => {
      stop.abort()
      await ended.catch(() => {})
    })
    return { ended, stop: () => stop.abort() }
  }
  /** An item in the hands of a bridge that was killed, as its journal tells of it. */
  const leftBehind = async (state: 'leased' | 'started') => {
    const [item] = (await agent.work.lease(scout.id)).items
    if (!item) throw new Error('nothing was leased')
    const { task_id, attempt, fence } = item
    const line = { task_id, attempt, fence, state }
    await appendFile(join(stateDir, 'journal.jsonl'), `${JSON.stringify(line)}\n`)
    const of = { workspace: scout.id as string, task: task_id as string }
    return { of, ref: { attempt, fence } }
  }
  const ask = async (text: string, thread?: string) => {
    const of = thread === undefined ? {} : { context_id: thread }
    return (await server.client.workspaces.ask(scout.id, { text, ...of })).id
  }
  const ended = (id: string) => server.client.tasks.get(id, { wait: 20 })
  const noted = async () =>
    (await readFile(join(folder, 'noted'), 'utf8').catch(() => '')).split('\n').filter(Boolean)
  return {
    server,
    client: server.client,
    scout,
    folder,
    agent,
    start,
    leftBehind,
    ask,
    ended,
    noted,
  }
}
