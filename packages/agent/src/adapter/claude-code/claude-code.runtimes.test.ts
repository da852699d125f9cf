import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { startModelStub } from '@molecule/model-stub/model-stub'
import { lastText, type Script } from '@molecule/model-stub/reply'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import type { AdapterSettings, AdapterTask } from '../../adapter.ts'
import { agentCli } from '../../testing/agent-cli.ts'
import { processesMarked } from '../process-tree.ts'
import { claudeCodeAdapter, testedWith } from './claude-code.ts'

let bin: string
beforeAll(async () => {
  bin = await agentCli('@anthropic-ai/claude-code', testedWith)
}, 300_000)

type Given = { config?: Record<string, unknown>; env?: Record<string, string>; path?: string }

/** The adapter with the real program, and a model that says what the script tells it to. */
async function given(script: Script, { config = {}, env = {}, path }: Given = {}) {
  const stub = await startModelStub({ script })
  const home = await mkdtemp(join(tmpdir(), 'claude-code-'))
  onTestFinished(async () => {
    await stub.close()
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  })
  await writeFile(join(home, 'agent-token'), 'token', { mode: 0o600 })
  await writeFile(join(home, 'system-prompt.md'), 'Mind the gap.')
  const settings: AdapterSettings = {
    runtimeConfig: { args: ['--bare'], ...config },
    workspaceId: crypto.randomUUID(),
    platformUrl: () => 'http://127.0.0.1:9',
    ...{ workDir: home, hostDir: home, configDir: home, sessionDir: home },
    tokenFile: join(home, 'agent-token'),
    model: 'sonnet',
    agent: { name: 'Lead', role: 'leads' },
    env: { PATH: path ?? `${bin}:${process.env.PATH}`, HOME: home },
    secrets: { ANTHROPIC_API_KEY: 'dummy', ANTHROPIC_BASE_URL: stub.url, ...env },
    fixedEnv: {},
    binDir: undefined,
    killGraceMs: 1000,
    sampleEveryMs: 1000,
  }
  const said: string[] = []
  const sink = { output: (_: string, text: string) => said.push(text), progressed: () => {} }
  const taskOf = (text: string, contextId: string): AdapterTask => ({
    taskId: crypto.randomUUID(),
    attempt: 1,
    text,
    contextId,
  })
  const never = new AbortController().signal
  /** As if the host had been started again. */
  const adapter = () => claudeCodeAdapter(settings)
  const ask = (text: string, { contextId = 'thread', signal = never, of = adapter() } = {}) =>
    of.run(taskOf(text, contextId), sink, signal)
  return { stub, settings, adapter, ask, said: () => said.join('') }
}

const echo: Script = (asked) => ({ text: `You said: ${lastText(asked)}` })

test('a task is answered; the model is told who it is and what the configuration says', async () => {
  const { ask, stub, adapter, said } = await given(echo)

  expect(await adapter().fault()).toBeUndefined()
  const result = await ask('hello')

  expect(result).toEqual({ outcome: 'completed', result: 'You said: hello' })
  const { system } = stub.asked.at(-1) ?? {}
  expect(system).toContain('You are Lead: leads')
  expect(system).toContain('Mind the gap.')
  expect(said()).toContain('tokens read')
})

test('a thread goes on where it was, also after the host was started again; another thread knows nothing of it', async () => {
  const { ask, stub } = await given(echo)

  await ask('first')
  await ask('second')
  await ask('third', { contextId: 'other' })

  const texts = (n: number) => stub.asked[n]?.messages.map(({ text }) => text).join('|') ?? ''
  expect(texts(1)).toContain('first')
  expect(texts(1)).toContain('You said: first')
  expect(texts(2)).not.toContain('first')
})

test('two tasks of one thread are worked on one after the other', async () => {
  const { ask, stub, adapter } = await given(echo)
  const of = adapter()

  const results = await Promise.all([ask('one', { of }), ask('two', { of })])

  expect(results.map(({ outcome }) => outcome)).toEqual(['completed', 'completed'])
  expect(stub.asked[1]?.messages.map(({ text }) => text).join('|')).toContain('You said: one')
})

test('a session that is gone is begun anew', async () => {
  const { ask, settings } = await given(echo)
  await ask('first')
  const file = join(settings.sessionDir, 'claude-sessions.json')
  const stored = JSON.parse(await readFile(file, 'utf8'))
  stored.thread.id = crypto.randomUUID()
  await writeFile(file, JSON.stringify(stored))

  const result = await ask('second')

  expect(result).toMatchObject({ outcome: 'completed', result: 'You said: second' })
})

/** Calls a tool once, then says what came of it. */
const using =
  (name: string, input: Record<string, unknown>): Script =>
  ({ messages }) => {
    const result = messages.at(-1)?.results[0]
    return result
      ? { text: `${result.isError ? 'denied' : 'done'}: ${result.text}` }
      : { calls: [{ name, input }] }
  }

test('a tool is used where it is allowed, and shown; elsewhere it is denied with the reason', async () => {
  const input = { command: 'echo from the shell', description: 'say' }
  const allowed = await given(using('Bash', input), { config: { allowed_tools: ['Bash'] } })
  const denied = await given(using('Bash', { ...input, command: 'rm -rf nothing' }), {
    config: { permission_mode: 'default', allowed_tools: [] },
  })

  expect(await allowed.ask('go')).toMatchObject({ result: 'done: from the shell' })
  expect(allowed.said()).toContain('Bash {"command":"echo from the shell"')
  const refusal = await denied.ask('go')
  expect(refusal).toMatchObject({ outcome: 'completed' })
  expect(JSON.stringify(refusal)).toContain('is not allowed in this workspace')
})

test('a cancel ends it, and nothing that it started lives on', async () => {
  const { ask, settings } = await given(
    using('Bash', { command: 'sleep 300', description: 'wait' }),
    { config: { allowed_tools: ['Bash'] } },
  )
  const stop = new AbortController()
  const marked = () => processesMarked([`WORKSPACE_ID=${settings.workspaceId}`])
  const running = ask('go', { signal: stop.signal })
  await expect.poll(() => marked().length).toBeGreaterThan(1)

  stop.abort()
  await running

  expect(marked()).toEqual([])
})

test.each([
  ['a key that is refused', { status: 401 }, 'auth', 'model_auth'],
  ['a limit that is used up', { status: 429, retryAfterS: 1 }, 'quota', 'model_quota'],
  ['a model that is down', { status: 529 }, 'transient', 'model_unreachable'],
  ['a request that it refuses', { status: 400 }, 'permanent', 'agent_failed'],
] as const)(
  '%s is told as such, and not for minutes',
  async (_, fault, failure, code) => {
    const { ask } = await given(() => fault)

    const result = await ask('go')

    expect(result).toMatchObject({ outcome: 'failed', failure, reason: { code } })
  },
  60_000,
)

test('a model that falls silent ends by a limit of its own', async () => {
  const { ask } = await given(() => 'stall', { config: { stall_s: 4 } })

  const result = await ask('go')

  expect(result).toMatchObject({
    outcome: 'failed',
    failure: 'transient',
    reason: { code: 'model_silent' },
  })
}, 60_000)

test('a program that is missing, and one that does not run, say what to do', async () => {
  const missing = await given(echo, { path: '/nowhere' })
  const broken = await given(echo, { config: { command: '/bin/false' } })

  expect(await missing.adapter().fault()).toMatchObject({
    code: 'runtime_missing',
    hint: expect.stringContaining('npm install -g @anthropic-ai/claude-code'),
  })
  expect(await broken.adapter().fault()).toMatchObject({ code: 'runtime_broken' })
})
