import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Message, Role, TaskState } from '@a2a-js/sdk'
import {
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
} from '@a2a-js/sdk/client'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { expect, onTestFinished, test } from 'vitest'
import { agentCli } from '../../packages/agent/src/testing/agent-cli.ts'
import { programEnv, programPaths } from './harness/program-paths.ts'
import { sharedInstallation } from './harness/shared-installation.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const theInstallation = sharedInstallation({})

async function newPlace(name: string) {
  const client = await theInstallation().client()
  const { id, connection } = await client.workspaces.create({ name, external: true })
  if (!connection) throw new Error('no connection was told')
  return { client, id, token: connection.auth_token }
}

/** The official client of MCP, which starts `molecule mcp` as any program that speaks over standard input and output. */
async function joinByMcp(id: string, token: string, more: string[] = []) {
  const url = theInstallation().url
  const client = new Client({ name: 'assistant', version: '1' })
  const transport = new StdioClientTransport({
    command: programPaths.node,
    args: [programPaths.cli, 'mcp', ...more],
    env: { ...programEnv(), PLATFORM_URL: url, WORKSPACE_ID: id, MOLECULE_TOKEN: token },
  })
  const told: Record<string, unknown>[] = []
  client.fallbackNotificationHandler = async ({ method, params }) => {
    told.push({ method, ...params })
  }
  await client.connect(transport)
  onTestFinished(() => client.close())
  const call = async (name: string, args: Record<string, unknown> = {}) => {
    const { structuredContent, isError } = await client.callTool({ name, arguments: args })
    const content = structuredContent as Record<string, unknown>
    return { ...content, isError: isError === true } as Record<string, unknown>
  }
  return Object.assign(call, { told, capabilities: () => client.getServerCapabilities() })
}

/** The official client of A2A, as a person would use it. */
async function askByA2a(id: string, text: string) {
  const { url } = theInstallation()
  const token = await theInstallation().adminToken()
  const fetchImpl = (to: string | URL | Request, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${token}`)
    return fetch(to, { ...init, headers })
  }
  const factory = new ClientFactory({
    transports: [new JsonRpcTransportFactory({ fetchImpl })],
    cardResolver: new DefaultAgentCardResolver({ fetchImpl }),
  })
  const client = await factory.createFromUrl(url, `/workspaces/${id}/.well-known/agent-card.json`)
  const message: Message = {
    ...{ messageId: crypto.randomUUID(), role: Role.ROLE_USER, contextId: '', taskId: '' },
    parts: [
      { content: { $case: 'text', value: text }, metadata: undefined, filename: '', mediaType: '' },
    ],
    ...{ metadata: undefined, extensions: [], referenceTaskIds: [] },
  }
  const sent = await client.sendMessage({
    ...{ tenant: '', message, metadata: undefined },
    configuration: {
      acceptedOutputModes: ['text/plain'],
      taskPushNotificationConfig: undefined,
      returnImmediately: true,
    },
  })
  const task = 'id' in sent ? sent.id : ''
  const look = () => client.getTask({ tenant: '', id: task, historyLength: undefined })
  return {
    answer: async () => {
      await until(`task ${task} is completed`, async () => {
        const { status } = await look()
        return status?.state === TaskState.TASK_STATE_COMPLETED
      })
      return JSON.stringify((await look()).artifacts)
    },
  }
}

/** Looks into the activity, and answers what it finds there; everything with curl. */
const poller = `#!/bin/sh
set -eu
call() {
  printf 'Authorization: Bearer %s\\n' "$TOKEN" |
    curl --fail-with-body --silent --max-time 40 --header @- --header 'Content-Type: application/json' "$@"
}
of="$PLATFORM_URL/workspaces/$WORKSPACE_ID"
call --data '{"id": "'"$WORKSPACE_ID"'", "delivery_mode": "poll", "agent_card": {"name": "poller"}}' "$PLATFORM_URL/registry/register" >/dev/null
while :; do
  call "$of/activity?type=a2a_receive&since_secs=600" >seen.json
  grep -q '"method":"message/send"' seen.json && break
  sleep 0.2
done
call --data '{"limit": 1, "wait_s": 20}' "$of/work/lease" >work.json
field() { sed "s/.*\\"$1\\":\\"\\{0,1\\}\\([^,\\"}]*\\).*/\\1/" work.json; }
call --data '{"attempt": '"$(field attempt)"', "fence": '"$(field fence)"', "outcome": "completed", "result": "Polled."}' "$of/work/$(field task_id)/complete"
`

async function runPoller(id: string, token: string) {
  const folder = await mkdtemp(join(tmpdir(), 'poller-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, 'poll.sh'), poller)
  const { url } = theInstallation()
  const child = spawn('sh', ['poll.sh'], {
    cwd: folder,
    env: { ...programEnv(), PLATFORM_URL: url, WORKSPACE_ID: id, TOKEN: token },
    timeout: 60_000,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  return async () => {
    const [code] = child.exitCode === null ? await once(child, 'close') : [child.exitCode]
    return { code, said }
  }
}

test(`${promise('R-40')} an assistant joins by MCP over standard input and output, and answers what an A2A client asks`, async () => {
  const { id, token, client } = await newPlace('assistant')
  const call = await joinByMcp(id, token)

  const asked = await askByA2a(id, 'What is it?')
  const work = await call('wait_for_message', { timeout_s: 20 })
  const held = { task_id: work.task_id, attempt: work.attempt, fence: work.fence }
  await call('start_task', held)
  await call('complete_task', { ...held, result: 'A desk.' })

  expect(work).toMatchObject({ kind: 'work', text: 'What is it?' })
  expect(await asked.answer()).toContain('A desk.')
  expect(await client.workspaces.get(id)).toMatchObject({ status: 'online' })
})

test(`${promise('R-40')} a script joins with curl alone, and answers what an A2A client asks`, async () => {
  const { id, token } = await newPlace('poller')
  const ended = await runPoller(id, token)

  const asked = await askByA2a(id, 'What is it?')

  expect(await ended()).toMatchObject({ code: 0 })
  expect(await asked.answer()).toContain('Polled.')
})

test(`${promise('R-40')} after a rotation the old credential is refused at its next call, and the new one goes on where it was`, async () => {
  const { client, id, token } = await newPlace('rotated')
  const before = await joinByMcp(id, token)
  await before('inbox_peek')
  const asked = await askByA2a(id, 'Still there?')

  const { auth_token } = await client.registry.rotate(id)

  await expect(before('inbox_peek')).rejects.toThrow(/401|credential/)
  const after = await joinByMcp(id, auth_token)
  const work = await after('wait_for_message', { timeout_s: 20 })
  const held = { task_id: work.task_id, attempt: work.attempt, fence: work.fence }
  await after('complete_task', { ...held, result: 'Here.' })
  expect(await asked.answer()).toContain('Here.')
})

test(`${promise('R-40')} RD-84, RD-89: a client with channels is told of work as it comes, and loses none that it does not answer`, async () => {
  const { id, token, client } = await newPlace('channel')
  const call = await joinByMcp(id, token, ['--channel'])

  const asked = await client.workspaces.ask(id, { text: 'What is it?' })
  const notice = await until('it is told of', () => call.told[0])
  const { content, meta } = notice as { content: string; meta: Record<string, string> }
  const held = { task_id: meta.task_id, attempt: Number(meta.attempt), fence: Number(meta.fence) }
  await call('complete_task', { ...held, result: 'A lamp.' })

  expect(call.capabilities()?.experimental).toEqual({ 'claude/channel': {} })
  expect(notice.method).toBe('notifications/claude/channel')
  expect(content).toContain('What is it?')
  expect(meta).toMatchObject({ source: 'molecule', kind: 'canvas_user', task_id: asked.id })
  expect(await client.tasks.get(asked.id)).toMatchObject({ status: 'completed', result: 'A lamp.' })
})

test(`${promise('R-45')} one command gives the assistants of a machine the tools of a workspace, beside what they have`, async () => {
  const { id, token, client } = await newPlace('joined')
  const home = await mkdtemp(join(tmpdir(), 'home-'))
  onTestFinished(() => rm(home, { recursive: true, force: true, maxRetries: 5 }))
  await mkdir(join(home, '.config/opencode'), { recursive: true })
  const opencode = join(home, '.config/opencode/opencode.json')
  await writeFile(opencode, '{"theme": "dark", "mcp": {"other": {"type": "local"}}}')
  // No stand-in says more than that it is called, and with what.
  for (const name of ['gemini', 'opencode'])
    await writeFile(join(home, name), `#!/bin/sh\necho "${name} $*" >>"$HOME/noted"\n`, {
      mode: 0o755,
    })
  const programs = await Promise.all([
    agentCli('@anthropic-ai/claude-code', '2.1.330'),
    agentCli('@openai/codex', '0.171.0'),
  ])
  const { url } = theInstallation()
  const run = (...more: string[]) =>
    promisify(execFile)(programPaths.node, [programPaths.cli, 'join', url, ...more], {
      env: {
        ...programEnv(),
        PATH: [home, ...programs, programEnv().PATH].join(':'),
        ...{ HOME: home, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
        MOLECULE_WORKSPACE_TOKEN: token,
      },
    })

  const shown = await run('--print')
  const before = await client.workspaces.get(id)
  const { stdout } = await run('--yes')

  const mcp = `${url}/workspaces/${id}/mcp`
  expect(shown.stdout).toContain('Claude Code: claude mcp add --scope user')
  expect(shown.stdout).not.toContain(token)
  expect(before.status).toBe('awaiting_agent')
  expect(JSON.parse(await readFile(join(home, '.claude.json'), 'utf8'))).toMatchObject({
    mcpServers: { molecule: { url: mcp, headers: { Authorization: `Bearer ${token}` } } },
  })
  const codex = await readFile(join(home, '.codex/config.toml'), 'utf8')
  expect(codex).toContain(`url = "${mcp}"`)
  expect(codex).not.toContain(token)
  expect(await readFile(join(home, 'noted'), 'utf8')).toContain(
    `gemini mcp add --scope user --transport http molecule ${mcp}`,
  )
  expect(JSON.parse(await readFile(opencode, 'utf8'))).toMatchObject({
    theme: 'dark',
    mcp: { other: { type: 'local' }, molecule: { type: 'remote', url: mcp } },
  })
  expect(await client.workspaces.get(id)).toMatchObject({ status: 'online' })
  expect(stdout).toContain('molecule bridge claude')
  const said = await client.workspaces.activity(id, { method: 'notify' })
  expect(said[0]?.summary).toContain('joined from')
})
