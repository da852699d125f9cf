import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@molecule/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testedWith as claudeVersion } from '../../packages/agent/src/adapter/claude-code/claude-code.ts'
import { testedWith as codexVersion } from '../../packages/agent/src/adapter/codex/codex.ts'
import { agentCli } from '../../packages/agent/src/testing/agent-cli.ts'
import { type ModelStub, startModelStub } from '../../packages/model-stub/src/model-stub.ts'
import { lastText, type Script } from '../../packages/model-stub/src/reply.ts'
import { dice } from './harness/dice.ts'
import { type Installation, newInstallation } from './harness/installation.ts'
import { killProcess } from './harness/marked-processes.ts'
import { programEnv, programPaths } from './harness/program-paths.ts'
import { runCli } from './harness/run-cli.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

/** How often something of them is killed in the middle of the work; more with KILLS. */
const kills = Number(process.env.KILLS ?? 3)
const seed = Number(process.env.CRASH_SEED ?? 1)

let installation: Installation
let client: Client
let stub: ModelStub
let lead: string
const workers: string[] = []

type Told = { peers: { id: string; name: string }[] } | { result?: string; status: string }

/** Looks whom it can ask, gives each a part of the work under a key of the task, and tells what came back. */
const leads: Script = ({ messages }) => {
  const results = messages.at(-1)?.results.map(({ text }) => JSON.parse(text) as Told) ?? []
  const asked = messages.findLast(({ text }) => /task \S+/.test(text))?.text ?? ''
  const key = /task (\S+)/.exec(asked)?.[1]
  const [first] = results
  if (!first) return { calls: [{ name: 'mcp__molecule__list_peers', input: {} }] }
  if (!('peers' in first))
    return {
      text: results
        .map((each) => ('peers' in each ? '' : (each.result ?? each.status)))
        .toSorted()
        .join(' and '),
    }
  const peers = first.peers.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return {
    calls: peers.map(({ id, name }) => ({
      name: 'mcp__molecule__delegate_task',
      input: {
        ...{ workspace_id: id, task: `${name} does ${key}` },
        ...{ idempotency_key: `${name} ${key}`, timeout_s: 60 },
      },
    })),
  }
}

/** The lead speaks to the model by one protocol, the workers by another. */
const script: Script = (asked) =>
  asked.protocol === 'messages' ? leads(asked) : { text: `done: ${lastText(asked)}` }

beforeAll(async () => {
  const claude = await agentCli('@anthropic-ai/claude-code', claudeVersion)
  const codex = await agentCli('@openai/codex', codexVersion)
  stub = await startModelStub({ script })
  installation = await newInstallation()
  await installation.start({ env: { PATH: [claude, codex, programEnv().PATH].join(':') } })
  client = await installation.client()
  for (const [key, value] of Object.entries({
    ANTHROPIC_API_KEY: 'a key of the test',
    ANTHROPIC_BASE_URL: stub.url,
    OPENAI_API_KEY: 'a key of the test',
    OPENAI_BASE_URL: `${stub.url}/v1`,
  }))
    await client.secrets.global.save({ key, value })
  const template = join(programPaths.root, 'examples/organizations/coding-team')
  const applied = await runCli(installation, ['org', 'apply', template])
  if (applied.code !== 0) throw new Error(applied.stderr)
  for (const { id, name } of await client.workspaces.list())
    if (name === 'Lead') lead = id
    else workers.push(id)
  await until('all are online', async () =>
    (await client.workspaces.list()).every(({ status }) => status === 'online'),
  )
}, 600_000)
afterAll(async () => {
  await installation?.end()
  await stub?.close()
})

const workOf = async () => {
  const all = await Promise.all(
    workers.map((id) => client.tasks.list({ workspace_id: id, limit: 1000 })),
  )
  return all.flatMap(({ tasks }) => tasks)
}

const answerTo = (key: string) => `done: Ann does ${key} and done: Bob does ${key}`

const ended = (id: string) =>
  until(`task ${id} has ended`, async () => {
    const task = await client.tasks.get(id)
    for (const { id: one, status } of await client.workspaces.list())
      if (status === 'failed') await client.workspaces.restart(one)
    return task.ended_at === null ? undefined : task
  })

test(`${promise('R-41')} Claude Code leads two workers that are Codex: it gives them work through MCP, and answers with what they bring`, async () => {
  const { id } = await client.workspaces.ask(lead, { text: 'task first' })

  const task = await ended(id)

  expect(task).toMatchObject({ status: 'completed', attempt: 1, result: answerTo('first') })
  expect(await workOf()).toMatchObject([
    { status: 'completed', attempt: 1, caller: { kind: 'workspace', id: lead } },
    { status: 'completed', attempt: 1, caller: { kind: 'workspace', id: lead } },
  ])
})

test(`${promise('R-41')} killed at random points it ends with one answer, each worker is asked once, and nothing of them lives on`, async () => {
  const roll = dice(seed)
  const before = (await workOf()).length
  for (let n = 0; n < kills; n += 1) {
    const key = `kill-${n}`
    const { id } = await client.workspaces.ask(lead, { text: `task ${key}`, context_id: key })
    await sleep(200 + roll() * 3500)
    const kind = roll() < 0.5 ? 'host' : 'program'
    const targets = (await installation.processes()).filter((one) => one.kind === kind)
    const target = targets[Math.floor(roll() * targets.length)]
    if (target) killProcess(target)

    const task = await ended(id)

    expect([n, task.status, task.result]).toEqual([n, 'completed', answerTo(key)])
  }
  const work = await workOf()
  expect(work).toHaveLength(before + 2 * kills)
  expect(work.every(({ status }) => status === 'completed')).toBe(true)
  await client.workspaces.remove(lead, { confirm: true })
  await until('nothing of it lives on', async () => (await installation.processes()).length === 0)
}, 900_000)
