import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ModelStub, startModelStub } from '@molecule/model-stub/model-stub'
import { lastText, type Script } from '@molecule/model-stub/reply'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import type { AdapterSettings, RuntimeAdapter } from '../adapter.ts'
import { hostEnv } from '../env.ts'
import { agentCli } from '../testing/agent-cli.ts'
import { givenAdapter } from '../testing/given-adapter.ts'
import { processesMarked } from './process-tree.ts'

type Call = { name: string; input: Record<string, unknown> }

/** What differs between agent CLIs. */
export type Subject = {
  npmName: string
  version: string
  adapter: (settings: AdapterSettings) => RuntimeAdapter
  model: string
  config?: Record<string, unknown>
  /** How its model is reached at the stub. */
  secrets: (stub: ModelStub) => Record<string, string>
  /** How it is reached where that is said in the configuration. */
  baseUrl?: (stub: ModelStub) => string
  /** Holds the session of each thread, in the folder of sessions. */
  threadsFile: string
  /** It asks a model that is down again and again without a word; what ends that is the limit of its silence. */
  isSilentOnOutage?: true
  /** A command that its configuration allows, and what allows it. */
  shell: { call: (command: string) => Call; config: Record<string, unknown> }
  /** One that it does not, and what the model is told. */
  denied: { call: Call; config: Record<string, unknown>; told: RegExp }
}

type Given = { config?: Record<string, unknown>; path?: string }

/** Programs put what they know of the machine before what somebody says. */
const lastLine = (asked: Parameters<Script>[0]) => lastText(asked).trimEnd().split('\n').at(-1)

const echo: Script = (asked) => ({ text: `You said: ${lastLine(asked)}` })

/** Between the arguments of a process. */
const nul = String.fromCharCode(0)

/** Calls a tool once, then says what came of it. */
const using =
  (call: Call): Script =>
  ({ messages }) => {
    const result = messages.at(-1)?.results[0]
    return result ? { text: `It said: ${result.text}` } : { calls: [call] }
  }

/** What every adapter of an agent CLI does, with the real program at a pinned version and a model that says what a script tells it to. */
export function adapterConformance(subject: Subject): void {
  let bin: string
  beforeAll(async () => {
    bin = await agentCli(subject.npmName, subject.version)
  }, 300_000)
  const given = (script: Script, of: Given = {}) => givenCli(subject, { bin, script, ...of })
  answers(given)
  remembers(given, subject)
  acts(given, subject)
  fails(given, subject)
}

type GivenAdapter = (script: Script, of?: Given) => ReturnType<typeof givenCli>

async function givenCli(
  { adapter, secrets, model, baseUrl, config: usual = {} }: Subject,
  { bin, script, config = {}, path }: Given & { bin: string; script: Script },
) {
  const stub = await startModelStub({ script })
  onTestFinished(() => stub.close())
  const place = await givenAdapter({
    make: adapter,
    runtimeConfig: { ...usual, ...config, ...(baseUrl ? { base_url: baseUrl(stub) } : {}) },
    model,
    secrets: secrets(stub),
    path: path ?? `${bin}:${hostEnv().base.PATH}`,
  })
  return { ...place, stub }
}

function answers(given: GivenAdapter) {
  test('a task is answered; the model is told who it is and what the configuration says', async () => {
    const { ask, stub, adapter, said } = await given(echo)

    expect(await adapter().fault()).toBeUndefined()
    const result = await ask('hello')

    expect(result).toEqual({ outcome: 'completed', result: 'You said: hello' })
    const { system } = stub.asked.at(-1) ?? {}
    expect(system).toContain('You are Lead: leads')
    expect(system).toContain('Mind the gap.')
    expect(said()).toContain('You said: hello')
    expect(said()).toContain('tokens read')
  })
}

/** All that the model knew of when it was asked this; programs ask it for other things as well. */
function heardBefore({ asked }: ModelStub, text: string): string {
  const found = asked.findLast((each) => lastLine(each) === text && each.tools.length > 0)
  return found?.messages.map((said) => said.text).join('|') ?? ''
}

function remembers(given: GivenAdapter, { threadsFile }: Subject) {
  test('a thread goes on where it was, also after the host was started again; another thread knows nothing of it', async () => {
    const { ask, stub } = await given(echo)

    await ask('first')
    await ask('second')
    await ask('third', { contextId: 'other' })

    expect(heardBefore(stub, 'second')).toContain('You said: first')
    expect(heardBefore(stub, 'third')).not.toContain('first')
  })

  test('two tasks of one thread are worked on one after the other: a session has one writer', async () => {
    const { ask, stub, adapter } = await given(echo)
    const of = adapter()

    const results = await Promise.all([ask('one', { of }), ask('two', { of })])

    expect(results.map(({ outcome }) => outcome)).toEqual(['completed', 'completed'])
    expect(heardBefore(stub, 'two')).toContain('You said: one')
  })

  test('a session that is gone is begun anew', async () => {
    const { ask, settings } = await given(echo)
    await ask('first')
    const file = join(settings.sessionDir, threadsFile)
    const stored = JSON.parse(await readFile(file, 'utf8'))
    await writeFile(file, JSON.stringify({ ...stored, thread: crypto.randomUUID() }))

    const result = await ask('second')

    expect(result).toMatchObject({ outcome: 'completed', result: 'You said: second' })
  })
}

function acts(given: GivenAdapter, { shell, denied }: Subject) {
  test('a tool is used where it is allowed, and shown', async () => {
    const script = using(shell.call('echo from the shell'))
    const { ask, said, used } = await given(script, { config: shell.config })

    const result = await ask('go')

    expect(result).toMatchObject({ outcome: 'completed' })
    expect(JSON.stringify(result)).toContain('from the shell')
    expect(said()).toContain('echo from the shell')
    expect(used).toMatchObject([{ isError: false }])
  })

  test('what its configuration does not allow is denied, and its work goes on', async () => {
    const { ask } = await given(using(denied.call), { config: denied.config })

    const result = await ask('go')

    expect(result).toMatchObject({ outcome: 'completed' })
    expect(JSON.stringify(result)).toMatch(denied.told)
  })

  test('a cancel ends it, and nothing that it started lives on', async () => {
    const { ask, settings } = await given(using(shell.call('sleep 300')), { config: shell.config })
    const stop = new AbortController()
    const marked = () => processesMarked([`WORKSPACE_ID=${settings.workspaceId}`])
    const commands = async () =>
      Promise.all(marked().map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
    const running = ask('go', { signal: stop.signal })
    const words = async () => (await commands()).join().replaceAll(nul, ' ')
    await expect.poll(words).toContain('sleep 300')

    stop.abort()
    await running

    expect(marked()).toEqual([])
  })
}

function fails(given: GivenAdapter, { npmName, isSilentOnOutage }: Subject) {
  const down = isSilentOnOutage ? 'model_silent' : 'model_unreachable'
  test.each([
    ['a key that is refused', { status: 401 }, 'auth', 'model_auth'],
    ['a limit that is used up', { status: 429, retryAfterS: 1 }, 'quota', 'model_quota'],
    ['a model that is down', { status: 503 }, 'transient', down],
    ['a request that it refuses', { status: 400 }, 'permanent', 'agent_failed'],
  ] as const)(
    '%s is told as such, and not for minutes',
    async (_, fault, failure, code) => {
      const { ask } = await given(() => fault, isSilentOnOutage ? { config: { stall_s: 15 } } : {})

      const result = await ask('go')

      expect(result).toMatchObject({ outcome: 'failed', failure, reason: { code } })
    },
    120_000,
  )

  test('a model that falls silent ends by a limit of its own', async () => {
    const { ask } = await given(() => 'stall', { config: { stall_s: 4 } })

    const result = await ask('go')

    expect(result).toMatchObject({ outcome: 'failed', failure: 'transient' })
  }, 120_000)

  test('a program that is missing, and one that does not run, say what to do', async () => {
    const missing = await given(echo, { path: '/nowhere' })
    const broken = await given(echo, { config: { command: '/bin/false' } })

    expect(await missing.adapter().fault()).toMatchObject({
      code: 'runtime_missing',
      hint: expect.stringContaining(`npm install -g ${npmName}`),
    })
    expect(await broken.adapter().fault()).toMatchObject({ code: 'runtime_broken' })
  })
}
