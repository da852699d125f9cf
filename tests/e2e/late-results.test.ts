import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Client } from '@molecule/sdk'
import { expect, test } from 'vitest'
import { expectPromisesKept } from './harness/assert-kept.ts'
import { givenInstallation } from './harness/given-installation.ts'
import type { Installation } from './harness/installation.ts'
import { patiently } from './harness/patiently.ts'
import { testProgram } from './harness/program-paths.ts'
import type { ServerProcess } from './harness/server-process.ts'
import { startsFile } from './harness/small-organization.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const agent = fileURLToPath(new URL('./programs/matrix-agent.sh', import.meta.url))
/** Longer than any preview, and than what a pipe holds. */
const words = 'every word of it '.repeat(10_000).trim()

type Scene = {
  readonly installation: Installation
  readonly server: ServerProcess
  readonly client: Client
  readonly caller: string
  readonly worker: string
  readonly gate: string
}

async function givenPair(env: Record<string, string> = {}): Promise<Scene> {
  const installation = await givenInstallation()
  const server = await installation.start({ env })
  const client = await installation.client()
  const caller = await client.workspaces.create({
    name: 'Caller',
    runtime_config: { command: 'cat' },
  })
  const args = [testProgram('noted.sh'), startsFile(installation), 'sh', agent]
  const worker = await client.workspaces.create({
    name: 'Worker',
    parent_id: caller.id,
    runtime_config: { command: 'sh', args },
  })
  await until('both are online', async () => {
    const all = await client.workspaces.list()
    return all.length === 2 && all.every(({ status }) => status === 'online')
  })
  const gate = join(installation.folder, 'gate')
  return { installation, server, client, caller: caller.id, worker: worker.id, gate }
}

const request = ({ gate }: Scene, how: 'answer' | 'silent') => `${gate} ${how} ${words}`

async function delegated(scene: Scene, how: 'answer' | 'silent' = 'answer'): Promise<string> {
  const { client, caller, worker } = scene
  const task = request(scene, how)
  const { delegation_id } = await client.workspaces.delegate(caller, { target_id: worker, task })
  await hasStatus(scene, delegation_id, 'in_progress')
  return delegation_id
}

const hasStatus = ({ client }: Scene, id: string, status: string) =>
  until(`task ${id} is ${status}`, async () => {
    const task = await patiently(() => client.tasks.get(id))
    return task.status === status
  })

/** The gate opens, and the caller reads its inbox. */
async function resultOf({ client, caller, gate }: Scene, id: string, isLate: boolean) {
  await writeFile(gate, '')
  return until(`the result of ${id}`, async () => {
    const { items } = await patiently(() => client.workspaces.inbox(caller))
    return items.find(({ task_id, late }) => task_id === id && late === isLate)
  })
}

const theWhole = { kind: 'result', text: `done: ${words}` }
const title = (what: string) =>
  `${promise('R-35')} a result that comes after ${what} is in its caller’s inbox, whole`

test(title('the connection of its caller broke'), async () => {
  const scene = await givenPair()
  const { client, caller, worker, installation } = scene
  const { auth_token } = await client.tokens.workspace.create(caller)
  const leaving = new AbortController()
  const asking = fetch(`${installation.url}/workspaces/${worker}/a2a`, {
    method: 'POST',
    headers: { authorization: `Bearer ${auth_token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'message/send',
      params: {
        message: {
          messageId: 'm',
          role: 'user',
          parts: [{ kind: 'text', text: request(scene, 'answer') }],
        },
      },
    }),
    signal: leaving.signal,
  })
  const id = await until('the task', async () => (await client.tasks.list()).tasks[0]?.id)
  await hasStatus(scene, id, 'in_progress')
  leaving.abort()
  await expect(asking).rejects.toThrow()

  expect(await resultOf(scene, id, false)).toMatchObject({ ...theWhole, from_id: worker })
  await expectPromisesKept(installation, [id])
})

test(title('its caller was restarted'), async () => {
  const scene = await givenPair()
  const { client, caller } = scene
  const id = await delegated(scene)

  const { generation } = await client.workspaces.restart(caller)
  await client.workspaces.get(caller, { wait_generation: generation })

  expect(await resultOf(scene, id, false)).toMatchObject(theWhole)
  await expectPromisesKept(scene.installation, [id])
})

test(title('the server was killed'), async () => {
  const scene = await givenPair()
  const id = await delegated(scene)

  await scene.server.kill()
  await scene.installation.start()

  expect(await resultOf(scene, id, false)).toMatchObject(theWhole)
  await expectPromisesKept(scene.installation, [id])
})

test(title('its task was given up as stuck'), async () => {
  const scene = await givenPair({
    DELEGATION_SWEEPER_INTERVAL_S: '1',
    DELEGATION_STUCK_THRESHOLD_S: '2',
  })
  const id = await delegated(scene, 'silent')
  await hasStatus(scene, id, 'stuck')

  const told = await resultOf(scene, id, false)
  const late = await resultOf(scene, id, true)

  expect(told).toMatchObject({ status: 'stuck', text: expect.stringContaining('no heartbeat') })
  expect(late).toMatchObject({ ...theWhole, late: true })
  await expectPromisesKept(scene.installation, [id])
})
