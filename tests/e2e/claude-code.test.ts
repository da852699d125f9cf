import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@molecule/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testedWith } from '../../packages/agent/src/adapter/claude-code/claude-code.ts'
import { agentCli } from '../../packages/agent/src/testing/agent-cli.ts'
import { type ModelStub, startModelStub } from '../../packages/model-stub/src/model-stub.ts'
import type { Script } from '../../packages/model-stub/src/reply.ts'
import { dice } from './harness/dice.ts'
import { type Installation, newInstallation } from './harness/installation.ts'
import { killProcess } from './harness/marked-processes.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

/** How often the lead is killed in the middle of its work; more with KILLS. */
const kills = Number(process.env.KILLS ?? 3)
const seed = Number(process.env.CRASH_SEED ?? 1)

let installation: Installation
let client: Client
let stub: ModelStub
let lead: string
let worker: string

type Peers = { peers: { id: string; name: string }[] }

/** Looks whom it can ask, gives the work away under a key of the task, and tells what came back. */
const leads: Script = ({ messages }) => {
  const result = messages.at(-1)?.results[0]
  const key = /task (\S+)/.exec(
    messages.findLast(({ text }) => /task \S+/.test(text))?.text ?? '',
  )?.[1]
  if (!result) return { calls: [{ name: 'mcp__molecule__list_peers', input: {} }] }
  const told = JSON.parse(result.text) as Peers | { result?: string; status: string }
  if (!('peers' in told)) return { text: `The worker says: ${told.result ?? told.status}` }
  const workspace_id = told.peers.find(({ name }) => name === 'Worker')?.id
  const input = { workspace_id, task: `work ${key}`, idempotency_key: key, timeout_s: 60 }
  return { calls: [{ name: 'mcp__molecule__delegate_task', input }] }
}

beforeAll(async () => {
  const bin = await agentCli('@anthropic-ai/claude-code', testedWith)
  stub = await startModelStub({ script: leads })
  installation = await newInstallation()
  await installation.start()
  client = await installation.client()
  await client.secrets.global.save({ key: 'ANTHROPIC_API_KEY', value: 'a key of the test' })
  await client.secrets.global.save({ key: 'ANTHROPIC_BASE_URL', value: stub.url })
  const runtime_config = { command: join(bin, 'claude'), args: ['--bare'] }
  lead = (await client.workspaces.create({ name: 'Lead', runtime: 'claude-code', runtime_config }))
    .id
  const script = 'sleep 1; read -r task; echo "done: $task"'
  worker = (
    await client.workspaces.create({
      ...{ name: 'Worker', parent_id: lead },
      runtime_config: { command: 'sh', args: ['-c', script] },
    })
  ).id
  await until('both are online', async () =>
    (await client.workspaces.list()).every(({ status }) => status === 'online'),
  )
}, 400_000)
afterAll(async () => {
  await installation?.end()
  await stub?.close()
})

const workOf = async () => (await client.tasks.list({ workspace_id: worker, limit: 1000 })).tasks

const ended = (id: string) =>
  until(`task ${id} has ended`, async () => {
    const task = await client.tasks.get(id)
    if ((await client.workspaces.get(lead)).status === 'failed')
      await client.workspaces.restart(lead)
    return task.ended_at === null ? undefined : task
  })

test(`${promise('R-41')} a lead that is Claude Code finds its worker, gives it work through MCP, and answers with the result`, async () => {
  const { id } = await client.workspaces.ask(lead, { text: 'task first' })

  const task = await ended(id)

  expect(task).toMatchObject({ status: 'completed', result: 'The worker says: done: work first\n' })
  expect(await workOf()).toMatchObject([
    { status: 'completed', caller: { kind: 'workspace', id: lead } },
  ])
  expect(task.attempt).toBe(1)
})

test(`${promise('R-41')} killed at random points it ends with one answer, its worker works once, and nothing of it lives on`, async () => {
  const roll = dice(seed)
  const before = (await workOf()).length
  for (let n = 0; n < kills; n += 1) {
    const { id } = await client.workspaces.ask(lead, {
      text: `task kill-${n}`,
      context_id: `kill-${n}`,
    })
    await sleep(200 + roll() * 3500)
    const ofLead = (await installation.processes()).filter(
      ({ workspaceId }) => workspaceId === lead,
    )
    const kind = roll() < 0.5 ? 'host' : 'program'
    const [target] = ofLead.filter((one) => one.kind === kind)
    if (target) killProcess(target)

    const task = await ended(id)

    expect([n, task.status, task.result]).toEqual([
      n,
      'completed',
      `The worker says: done: work kill-${n}\n`,
    ])
  }
  const work = await workOf()
  expect(work).toHaveLength(before + kills)
  expect(work.every(({ status }) => status === 'completed')).toBe(true)
  await client.workspaces.remove(lead, { confirm: true })
  await until('nothing of it lives on', async () => (await installation.processes()).length === 0)
}, 600_000)
