import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Installation, newInstallation } from './harness/installation.ts'
import { runCli } from './harness/run-cli.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

let installation: Installation

beforeAll(async () => {
  installation = await newInstallation()
  await installation.start()
})
afterAll(() => installation.end())

const molecule = (...args: string[]) => runCli(installation, args)

/** An HTTP call as a person writes it with curl; answers the status with the problem. */
async function call(method: string, path: string, body?: object) {
  const response = await fetch(`${installation.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${await installation.adminToken()}`,
      'content-type': 'application/json',
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const json = (await response.json()) as Record<string, unknown>
  return { ...json, status: response.status }
}

/** What must not change by a refusal. */
const everything = async () => {
  const rows = (await (await installation.client()).workspaces.list()).map(
    ({ name, parent_id, generation }) => [name, parent_id, generation],
  )
  return JSON.stringify(rows.sort())
}

/** Makes an agent of a shell script and asks it once, as a newcomer does. */
async function askScript(name: string, script: string, text = 'hello') {
  const made = await molecule('ws', 'create', name, '--command', 'sh', '--arg=-c', '--arg', script)
  expect(made).toMatchObject({ code: 0, stderr: '' })
  return molecule('ask', name, text, '--quiet', '--timeout', '90')
}

test(`${promise('R-21')} an unknown runtime is refused with those there are`, async () => {
  const before = await everything()

  const told = await molecule('ws', 'create', 'A', '--runtime', 'no-such-runtime')
  const answer = await call('POST', '/workspaces', { name: 'A', runtime: 'no-such-runtime' })

  expect(told).toMatchObject({ code: 2, stdout: '' })
  expect(told.stderr).toContain('no runtime is called "no-such-runtime"')
  expect(told.stderr).toContain('Use one of: command, claude-code, codex, ')
  expect(answer).toMatchObject({ status: 400, code: 'unknown_runtime' })
  expect(await everything()).toBe(before)
})

test(`${promise('R-21')} a command that has no command is refused with what it needs`, async () => {
  const answer = await call('POST', '/workspaces', { name: 'A', runtime_config: { args: ['x'] } })

  expect(answer).toMatchObject({
    status: 400,
    code: 'invalid',
    hint: 'A command needs {"command": "<program>", "args": ["…"]}.',
    fields: [{ path: 'runtime_config.command', message: expect.stringMatching(/./) }],
  })
})

test(`${promise('R-21')} a parent that does not exist is refused, by name and by id`, async () => {
  const before = await everything()
  const nobody = crypto.randomUUID()

  const told = await molecule('ws', 'create', 'A', '--parent', 'Nobody', '--command', 'cat')
  const answer = await call('POST', '/workspaces', {
    name: 'A',
    parent_id: nobody,
    runtime_config: { command: 'cat' },
  })

  expect(told).toMatchObject({ code: 3, stdout: '' })
  expect(told.stderr).toMatch(/Nobody/)
  expect(answer).toMatchObject({
    status: 400,
    code: 'unknown_parent',
    detail: `the parent ${nobody} does not exist`,
    hint: expect.stringContaining('leave it out for a root'),
  })
  expect(await everything()).toBe(before)
})

test(`${promise('R-21')} a team cannot be put below itself`, async () => {
  const client = await installation.client()
  const program = { runtime_config: { command: 'cat' } }
  const top = await client.workspaces.create({ name: 'Top', ...program })
  const middle = await client.workspaces.create({ name: 'Middle', parent_id: top.id, ...program })
  const low = await client.workspaces.create({ name: 'Low', parent_id: middle.id, ...program })
  const before = await everything()

  for (const parent_id of [top.id, middle.id, low.id])
    expect(await call('PATCH', `/workspaces/${top.id}`, { parent_id, name: 'New' })).toMatchObject({
      status: 400,
      code: 'cycle',
      detail: 'a workspace cannot be placed below itself',
      hint: 'Choose a parent outside its own team.',
    })

  expect(await everything()).toBe(before)
  await client.workspaces.remove(top.id, { confirm: true })
})

test(`${promise('R-13', 'R-21')} a command that is not found fails within seconds with what to do, and a correction mends it`, async () => {
  const begun = performance.now()
  const told = await molecule('ws', 'create', 'Typo', '--command', 'caat', '--wait')
  const tookMs = performance.now() - begun
  const listed = await molecule('ws', 'list')
  const client = await installation.client()
  const [typo] = (await client.workspaces.list()).filter(({ name }) => name === 'Typo')
  const id = typo?.id ?? ''

  expect(told.code).toBe(1)
  expect(told.stderr).toContain('"Typo" could not start: There is no program `caat` in PATH')
  expect(told.stderr).toContain('correct `command` in the runtime_config of the workspace')
  expect(tookMs).toBeLessThan(20_000)
  expect(listed.stdout).toMatch(/Typo +failed/)
  expect(typo?.next_start_at).toBeNull()

  await call('PATCH', `/workspaces/${id}`, { runtime_config: { command: 'cat' } })
  expect(await molecule('ws', 'restart', 'Typo', '--wait')).toMatchObject({ code: 0 })
  expect(await molecule('ask', 'Typo', 'mended')).toMatchObject({ code: 0, stdout: 'mended\n' })
})

test(`${promise('R-13', 'R-18')} a program that ends at once fails its task with the exit code, and the workspace lives on`, async () => {
  const told = await askScript('Quitter', 'exit 3')

  expect(told).toMatchObject({ code: 1, stdout: '' })
  expect(told.stderr).toContain(
    'The task ended failed: `sh` ended with exit code 3. It printed nothing to standard error.',
  )
  expect(told.stderr).toContain('Run it by hand with the same input')
  expect((await molecule('ws', 'get', 'Quitter')).stdout).toMatch(/^Quitter +online/)
})

test(`${promise('R-13', 'R-18')} a program that fails says why in the end of its standard error`, async () => {
  const told = await askScript('Grumbler', 'echo "cannot open the ledger" >&2; exit 1')

  expect(told).toMatchObject({ code: 1, stdout: '' })
  expect(told.stderr).toContain(
    'The task ended failed: `sh` ended with exit code 1: cannot open the ledger',
  )
})

test(`${promise('R-13')} a program killed from outside is told with the signal`, async () => {
  const told = await askScript('Victim', 'kill -9 $$')

  expect(told.code).toBe(1)
  expect(told.stderr).toContain('`sh` was ended by SIGKILL')
})

test(`${promise('R-13', 'R-18')} megabytes arrive whole; more than an answer may have is refused in words`, async () => {
  const script = 'head -c "$(cat)" /dev/zero | tr "\\0" x'
  const much = await askScript('Talker', script, '3000000')
  const tooMuch = await molecule('ask', 'Talker', '11000000', '--quiet')

  expect(much.code).toBe(0)
  expect(much.stdout.trimEnd()).toHaveLength(3_000_000)
  expect(tooMuch).toMatchObject({ code: 1, stdout: '' })
  expect(tooMuch.stderr).toContain('printed more than 10 MB, the most an answer may have')
  expect(tooMuch.stderr).toContain('Write large results to a file and print its name.')
})

test(`${promise('R-18')} invalid UTF-8 is replaced and NUL bytes are left out, of answers and of requests`, async () => {
  const told = await askScript('Mumbler', "printf 'caf\\351 \\377 a\\0b '; cat")
  const client = await installation.client()
  const [mumbler] = (await client.workspaces.list()).filter(({ name }) => name === 'Mumbler')
  const task = await client.workspaces.ask(mumbler?.id ?? '', { text: 'c\0d\ud800e' })
  const ended = await until('it ends', async () => {
    const now = await client.tasks.get(task.id, { wait: 20 })
    return now.ended_at !== null && now
  })

  expect(told).toMatchObject({ code: 0, stdout: 'caf\ufffd \ufffd ab hello\n' })
  expect(ended).toMatchObject({ text: 'cd\ufffde', result: 'caf\ufffd \ufffd ab cd\ufffde' })
})

test(`${promise('R-21')} an unknown workspace, task and credential are told as such`, async () => {
  const asked = await molecule('ask', 'Nobody', 'hello')
  const task = await molecule('task', crypto.randomUUID())
  const stranger = await runCli(installation, ['ws', 'list', '--token', 'not-a-token'])

  expect(asked).toMatchObject({ code: 3, stdout: '' })
  expect(asked.stderr).toContain('Nobody')
  expect(task.code).toBe(3)
  expect(stranger.code).toBe(4)
  expect(stranger.stderr).toContain('The credential is from --token.')
  for (const { stderr } of [asked, task, stranger]) expect(stderr).not.toMatch(/^\s+at /m)
})
