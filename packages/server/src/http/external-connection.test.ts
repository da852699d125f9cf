import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { moleculeClient } from '@molecule/sdk'
import { expect, onTestFinished, test } from 'vitest'
import { connectionOf } from '../domain/registry/connection.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { testServer } from '../testing/test-server.ts'

async function given() {
  const server = await testServer()
  const made = await server.client.workspaces.create({ name: 'Scout', external: true })
  const connection = made.connection
  if (!connection) throw new Error('no connection was told')
  const as = (token: string) => moleculeClient({ baseUrl: server.url, token })
  return { server, client: server.client, id: made.id, connection, as }
}

test('LC-69: create, rotate and show tell one payload, with the address as it is set and no org in it', async () => {
  const { server, client, id, connection } = await given()

  const shown = await client.registry.connection(id)
  const rotated = await client.registry.rotate(id)

  const { auth_token, snippets, ...rest } = connection
  expect(rest).toMatchObject({
    platform_url: server.url,
    mcp_endpoint: `${server.url}/workspaces/${id}/mcp`,
  })
  expect(shown).toMatchObject({ ...rest, auth_token: '' })
  expect(rotated).toMatchObject(rest)
  const titles = snippets.map(({ title }) => title)
  expect(rotated.snippets.map(({ title }) => title)).toEqual(titles)
  expect(titles).toEqual([
    'Any MCP client',
    'Any MCP client that starts programs',
    'Claude Code',
    'Claude Code, told of work as it comes',
    'Codex',
    'Gemini CLI',
    'OpenCode',
    'Claude Code, as a worker',
    'Codex, as a worker',
    'Gemini CLI, as a worker',
    'OpenCode, as a worker',
    'OpenClaw',
    'Hermes',
    'TypeScript',
    'Plain HTTP',
  ])
  expect(snippets.every(({ common_problems }) => common_problems.length > 0)).toBe(true)
  const text = JSON.stringify([connection, shown, rotated])
  expect(text).not.toContain(server.services.orgId)
  expect(JSON.stringify(shown)).not.toContain(auth_token)
  expect(JSON.stringify(shown)).not.toContain(rotated.auth_token)
})

test('LC-69: a slash at the end of the address is nowhere doubled', () => {
  const row = { id: 'x', createdAt: 0 } as never
  const told = connectionOf(row, { token: 't', platformUrl: 'https://org.example/' })

  expect(told.mcp_endpoint).toBe('https://org.example/workspaces/x/mcp')
  expect(JSON.stringify(told)).not.toContain('.example//')
})

test('LC-70: a lost token is replaced: the old one is dead at its next call, and no message is lost', async () => {
  const { client, id, connection, as } = await given()
  const old = as(connection.auth_token)
  await old.registry.heartbeat({ workspace_id: id })
  const { id: task } = await client.workspaces.ask(id, { text: 'Look!' })

  const { auth_token } = await client.registry.rotate(id)

  await expect(old.registry.heartbeat({ workspace_id: id })).rejects.toMatchObject({
    code: 'unauthenticated',
  })
  const { items } = await as(auth_token).work.lease(id, { limit: 5 })
  expect(items).toMatchObject([{ task_id: task, text: 'Look!' }])
  const told = async () =>
    (await client.events({ since: 0, limit: 500 })).events.map(({ event }) => event)
  await expect.poll(told).toContain('EXTERNAL_CREDENTIALS_ROTATED')
})

test('RD-93: with an overlap the old token stays good meanwhile', async () => {
  const { client, id, connection, as } = await given()

  const { auth_token } = await client.registry.rotate(id, { overlap_s: 60 })

  for (const token of [connection.auth_token, auth_token])
    expect(await as(token).registry.heartbeat({ workspace_id: id })).toEqual({ status: 'ok' })
})

test('what we start has no connection to show, and no agent hands itself a credential', async () => {
  const { server, client, id, connection, as } = await given()
  const ours = await givenHosted(server, { name: 'Ours' })

  for (const call of [client.registry.connection, client.registry.rotate])
    await expect(call(ours.id)).rejects.toMatchObject({
      code: 'invalid',
      problem: { status: 400, hint: expect.stringContaining('restart it') },
    })
  await expect(client.registry.connection(crypto.randomUUID())).rejects.toMatchObject({
    code: 'not_found',
  })
  const { registry } = as(connection.auth_token)
  for (const call of [registry.connection, registry.rotate])
    await expect(call(id)).rejects.toMatchObject({ code: 'forbidden' })
})

/** Stand-ins for programs that are not on this machine: they note what they are called with. */
const standIns = ['claude', 'codex', 'gemini', 'npx']

async function runs(text: string, env: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'snippet-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  for (const name of standIns) {
    await writeFile(join(folder, name), `#!/bin/sh\nprintf '%s\\n' "${name}" "$@" >>"$NOTED"\n`)
    await chmod(join(folder, name), 0o755)
  }
  const child = spawn('sh', ['-eu', '-c', text], {
    cwd: folder,
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      HOME: folder,
      NOTED: join(folder, 'noted'),
      ...env,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      output += part
    })
  const [code] = await once(child, 'close')
  const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '')
  return { code, output, noted: await read('noted'), read }
}

test('RD-94: LC-69: each snippet runs, and calls its program with arguments that the program knows', async () => {
  const { connection } = await given()
  const { auth_token: token, mcp_endpoint: mcp } = connection
  const of = (id: string) => connection.snippets.find((each) => each.id === id)?.text ?? ''

  const claude = await runs(of('claude-code'))
  const codex = await runs(of('codex'))
  const gemini = await runs(of('gemini-cli'))
  const opencode = await runs(of('opencode'))

  const added = ['mcp', 'add', '--transport', 'http', 'molecule', mcp, '--header']
  const listed = (name: string) => [name, 'mcp', 'list', '']
  const bearer = `Bearer ${token}`
  const header = `Authorization: ${bearer}`
  expect(claude.noted.split('\n')).toEqual(['claude', ...added, header, ...listed('claude')])
  expect(gemini.noted.split('\n')).toEqual(['gemini', ...added, header, ...listed('gemini')])
  expect(codex.noted.split('\n')).toEqual(listed('codex'))
  expect(await codex.read('.codex/config.toml')).toBe(
    `\n[mcp_servers.molecule]\nurl = "${mcp}"\nbearer_token_env_var = "MOLECULE_WORKSPACE_TOKEN"\n`,
  )
  expect(JSON.parse(await opencode.read('opencode.json'))).toMatchObject({
    mcp: { molecule: { type: 'remote', url: mcp, headers: { Authorization: bearer } } },
  })
  expect(JSON.parse(of('mcp'))).toMatchObject({
    mcpServers: { molecule: { url: mcp, headers: { Authorization: bearer } } },
  })
})

test('RD-94: LC-69: each bridge, and the channel, start the command line that this server hands out', async () => {
  const { connection } = await given()
  const { snippets, auth_token: token, platform_url: url, workspace_id: id } = connection
  const of = (name: string) => snippets.find((each) => each.id === name)?.text ?? ''
  const archive = `${url}/install/molecule.tgz`
  const programs: Record<string, string[]> = {
    'claude-code-bridge': ['claude'],
    'codex-bridge': ['codex'],
    'gemini-cli-bridge': ['gemini'],
    'opencode-bridge': ['opencode'],
    openclaw: ['acp', '--', 'openclaw', 'acp'],
    hermes: ['hermes'],
  }

  for (const [name, words] of Object.entries(programs)) {
    const { noted } = await runs(of(name))
    expect(noted.trim().split('\n')).toEqual(['npx', '-y', archive, 'bridge', ...words])
  }
  const channel = await runs(of('claude-code-channel'))
  expect(channel.noted.trim().split('\n')).toEqual([
    ...['claude', 'mcp', 'add', 'molecule', '--env', `PLATFORM_URL=${url}`],
    ...['--env', `WORKSPACE_ID=${id}`, '--env', `MOLECULE_WORKSPACE_TOKEN=${token}`],
    ...['--', 'npx', '-y', archive, 'mcp', '--channel'],
    ...['claude', '--dangerously-load-development-channels', 'server:molecule'],
  ])
  expect(JSON.parse(of('mcp-stdio'))).toMatchObject({
    mcpServers: { molecule: { command: 'npx', args: ['-y', archive, 'mcp'] } },
  })
})

test('RD-94: the one in TypeScript answers as it stands', async () => {
  const { client, id, connection } = await given()
  const folder = await mkdtemp(join(tmpdir(), 'snippet-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const text = connection.snippets.find((each) => each.language === 'ts')?.text ?? ''
  await writeFile(join(folder, 'agent.mts'), text)
  const agent = spawn(process.execPath, ['agent.mts'], { cwd: folder, env: {}, stdio: 'ignore' })
  onTestFinished(() => void agent.kill('SIGKILL'))

  const { id: task } = await client.workspaces.ask(id, { text: 'Look!' })

  expect(await client.tasks.get(task, { wait: 20 })).toMatchObject({
    ...{ status: 'completed', result: 'You said: Look!' },
  })
})

test('the plain one joins and takes work with a real curl', async () => {
  const { client, id, connection } = await given()
  const text = connection.snippets.find((each) => each.id === 'http')?.text ?? ''
  const { id: task } = await client.workspaces.ask(id, { text: 'Look!' })

  const { code, output } = await runs(text)

  expect([code, output.includes(task)]).toEqual([0, true])
  expect(await client.workspaces.get(id)).toMatchObject({ status: 'online' })
})

test('LC-69: pasted without a token, each stops before it does anything and says what is missing', async () => {
  const { client, id } = await given()
  const { snippets } = await client.registry.connection(id)

  for (const { id: agent, text, language } of snippets.filter((each) => each.language === 'sh')) {
    const { code, output, noted } = await runs(text)
    expect([agent, language, code === 0, noted]).toEqual([agent, 'sh', false, ''])
    expect(output).toContain('rotate the credentials')
  }
})
