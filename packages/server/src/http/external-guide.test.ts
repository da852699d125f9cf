import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { type TestServer, testServer } from '../testing/test-server.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const cli = join(root, 'packages/cli/bin/molecule.mjs')

/** The shell of the guide, block by block. */
async function blocks(): Promise<string[]> {
  const guide = await readFile(join(root, 'docs/guides/external-agents.md'), 'utf8')
  return [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1] ?? '')
}

/** Runs a block in the data folder of the test, as a reader would who has `molecule` on the path. */
async function run(server: TestServer, script: string): Promise<string> {
  const env = {
    PATH: process.env.PATH,
    MOLECULE_URL: server.url,
    MOLECULE_TOKEN: server.adminToken,
    HOME: server.dataDir,
  }
  const shell = script.replaceAll('npx molecule', `"${process.execPath}" "${cli}"`)
  const { stdout } = await promisify(execFile)('sh', ['-eu', '-c', shell], {
    cwd: server.dataDir,
    env,
  })
  return stdout
}

test('LC-01: the script of the guide makes an external workspace, comes online and stays it', async () => {
  const server = await testServer()
  const [create = '', agent = '', start = '', peers = ''] = await blocks()
  await writeFile(join(server.dataDir, 'agent.sh'), agent)
  await run(server, create)
  const [scout] = await server.client.workspaces.list()
  const id = scout?.id ?? ''

  const child = spawn('sh', ['-c', start], {
    cwd: server.dataDir,
    env: { PATH: process.env.PATH, BEAT_EVERY_S: '0.2' },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => said.push(`${text}`))
  try {
    await expect.poll(() => said.join('').match(/"ok"/g)?.length ?? 0).toBeGreaterThan(2)
    expect(said.join('')).toContain('{"status":"registered","delivery_mode":"poll"}')
    expect(await server.client.workspaces.get(id)).toMatchObject({
      name: 'Scout',
      status: 'online',
      delivery_mode: 'poll',
      agent_card: { name: 'scout', version: '1.0' },
    })
    await server.client.workspaces.create({ name: 'Reviewer', external: true })
    const found = await run(server, `. ./scout.env\n${peers}`)
    expect(JSON.parse(found)).toMatchObject([{ name: 'Reviewer' }])

    await server.client.workspaces.remove(id)

    await expect.poll(() => said.join('')).toContain('not heard; trying again')
  } finally {
    process.kill(-(child.pid ?? 0), 'SIGKILL')
    await once(child, 'close')
  }
})

test('the agent of the guide takes its work and brings the answer', async () => {
  const server = await testServer()
  const { id, connection } = await server.client.workspaces.create({
    name: 'Scout',
    external: true,
  })
  const guide = await readFile(join(root, 'docs/guides/external-agents.md'), 'utf8')
  const [, agent = ''] = /^```js\n(.*?)^```$/ms.exec(guide) ?? []
  const program = join(server.dataDir, 'scout.mjs')
  await writeFile(program, agent)
  const child = spawn(process.execPath, [program], {
    env: {
      WORKSPACE_ID: id,
      PLATFORM_URL: server.url,
      MOLECULE_WORKSPACE_TOKEN: connection?.auth_token ?? '',
    },
    stdio: 'ignore',
  })
  try {
    const { id: task } = await server.client.workspaces.ask(id, { text: 'water' })

    const ended = await server.client.tasks.get(task, { wait: 20 })

    expect(ended).toMatchObject({ status: 'completed', result: 'I looked for water.' })
    expect(await server.client.workspaces.get(id)).toMatchObject({ status: 'online' })
  } finally {
    child.kill('SIGKILL')
    await once(child, 'close')
  }
})
