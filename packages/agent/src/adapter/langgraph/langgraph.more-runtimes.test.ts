import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startModelStub } from '@molecule/model-stub/model-stub'
import { lastText, type Script } from '@molecule/model-stub/reply'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { npmPackages } from '../../testing/agent-cli.ts'
import { givenAdapter } from '../../testing/given-adapter.ts'
import { graphAdapter } from './langgraph.ts'

const packages = {
  langchain: '1.5.14',
  '@langchain/core': '1.4.0',
  '@langchain/langgraph': '1.7.3',
  '@langchain/anthropic': '1.5.11',
  '@langchain/mcp-adapters': '1.1.4',
  deepagents: '1.14.1',
}
let modules: string
beforeAll(async () => {
  modules = await npmPackages('langgraph', packages)
}, 300_000)

async function given(kind: 'langgraph' | 'deepagents', script: Script, config: object = {}) {
  const stub = await startModelStub({ script })
  onTestFinished(() => stub.close())
  const place = await givenAdapter({
    make: graphAdapter(kind),
    runtimeConfig: { modules, ...config },
    secrets: { ANTHROPIC_API_KEY: 'a key of the test', ANTHROPIC_BASE_URL: stub.url },
  })
  return { ...place, stub }
}

const echo: Script = (asked) => ({ text: `You said: ${lastText(asked)}` })

describe.each(['langgraph', 'deepagents'] as const)('%s', (kind) => {
  test('a task is answered in its thread; the model is told who it is', async () => {
    const { adapter, ask, stub, said } = await given(kind, echo)

    expect(await adapter().fault()).toBeUndefined()
    await ask('one')
    const second = await ask('two')
    await ask('three', { contextId: 'other' })

    expect(second).toEqual({ outcome: 'completed', result: 'You said: two' })
    expect(stub.asked[0]?.system).toContain('You are Lead: leads')
    expect(stub.asked[0]?.model).toBe('claude-opus-4-7')
    const texts = (n: number) => stub.asked[n]?.messages.map(({ text }) => text)
    expect(texts(1)).toEqual(['one', 'You said: one', 'two'])
    expect(texts(2)).toEqual(['three'])
    expect(said()).toContain('You said: two')
    expect(said()).toContain('tokens read')
  })

  test('a key that is refused is told as such', async () => {
    const { ask } = await given(kind, () => ({ status: 401 }))

    expect(await ask('go')).toMatchObject({
      ...{ outcome: 'failed', failure: 'auth' },
      reason: { code: 'model_auth' },
    })
  })
})

test('a tool is used, and shown', async () => {
  const script: Script = ({ messages }) => {
    const result = messages.at(-1)?.results[0]
    if (result) return { text: `It said: ${result.text}` }
    return { calls: [{ name: 'write_file', input: { file_path: '/note.md', content: 'hi' } }] }
  }
  const { ask, used, said } = await given('deepagents', script)

  const result = await ask('go')

  expect(result).toMatchObject({ outcome: 'completed' })
  expect(used).toMatchObject([{ name: 'write_file', isError: false }])
  expect(said()).toContain('write_file {"file_path"')
})

test('a model that falls silent ends by a limit of its own, and nothing lives on', async () => {
  const { ask } = await given('langgraph', () => 'stall', { stall_s: 4 })

  expect(await ask('go')).toMatchObject({ outcome: 'failed', failure: 'transient' })
})

test('a graph of one’s own is run, and made by a function where it is one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'graph-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const core = JSON.stringify(join(modules, 'node_modules/@langchain/core/dist/messages/index.js'))
  await writeFile(
    join(folder, 'agent.mjs'),
    `import { AIMessage } from ${core}
     export const make = ({ instructions }) => ({
       async *stream({ messages }) {
         const said = messages.at(-1).content
         const answer = new AIMessage(instructions.includes('You are Lead') ? said.toUpperCase() : '?')
         yield ['values', { messages: [answer] }]
       },
     })`,
  )
  const { ask } = await given('langgraph', echo, { graph: join(folder, 'agent.mjs:make') })
  const lost = await given('langgraph', echo, { graph: join(folder, 'agent.mjs:none') })

  expect(await ask('hello')).toEqual({ outcome: 'completed', result: 'HELLO' })
  expect(await lost.ask('hello')).toMatchObject({
    reason: { detail: expect.stringContaining('exports no "none"') },
  })
})

test('packages that are missing are named before there is any work', async () => {
  const { adapter } = await given('langgraph', echo, { modules: '/' })

  expect(await adapter().fault()).toMatchObject({
    code: 'runtime_missing',
    hint: expect.stringContaining('npm install langchain'),
  })
})
