import { Runtime } from '@molecule/contract/runtime'
import { expect, test } from 'vitest'
import { checkModel, defaultModel, listRuntimes, runtimeNamed } from './runtime.ts'

const universal = 'anthropic:claude-opus-4-7'

test.each([
  ['claude-code', 'sonnet'],
  ['Claude-Code', universal],
  ['claude-code ', universal],
  ['langgraph', universal],
  ['command', universal],
  ['never heard of', universal],
  ['', universal],
])('the default model of %j is %s', (runtime, model) => {
  expect(defaultModel(runtime)).toBe(model)
})

test('every runtime is told with what a client needs to offer it', async () => {
  const told = await listRuntimes()

  expect(told.map((each) => each.id)).toContain('command')
  for (const each of told) {
    expect(Runtime.parse(each)).toEqual(each)
    expect(each.default_model).toBe(defaultModel(each.id))
    expect(each.provision_timeout_s * 1000).toBe(runtimeNamed(each.id).provisionTimeoutMs)
  }
})

test('LC-64: an unknown runtime is refused, naming those there are', () => {
  expect(() => runtimeNamed('cobol')).toThrow(
    expect.objectContaining({ code: 'unknown_runtime', hint: expect.stringContaining('command') }),
  )
})

test('frameworks whose agents serve A2A are run as such', () => {
  for (const name of ['crewai', 'autogen', 'google-adk', 'smolagents'])
    expect(runtimeNamed(name).id).toBe('a2a')
})

test.each([
  ['claude-code', 'openai:gpt-5', 'anthropic'],
  ['codex', 'anthropic:claude-opus-4-7', 'openai'],
  ['gemini-cli', 'openai:gpt-5', 'google'],
])('%s does not take %s, and says whose models it runs', (runtime, model, named) => {
  expect(() => checkModel(runtimeNamed(runtime), model)).toThrow(
    expect.objectContaining({
      ...{ code: 'invalid', hint: expect.stringContaining(named) },
      fields: [expect.objectContaining({ path: 'model' })],
    }),
  )
})

test.each([
  ['claude-code', 'anthropic:claude-opus-4-7'],
  ['claude-code', 'sonnet'],
  ['codex', 'qwen3:8b'],
  ['opencode', 'openai:gpt-5'],
  ['command', 'anything:at-all'],
])('%s takes %s', (runtime, model) => {
  expect(() => checkModel(runtimeNamed(runtime), model)).not.toThrow()
})

test('it is told whether the program of a runtime is there, where that can be looked at', async () => {
  const told = await listRuntimes(async (name) => name === 'claude')
  const of = (id: string) => told.find((each) => each.id === id)

  expect(of('claude-code')).toMatchObject({ program: 'claude', installed: true })
  expect(of('codex')).toMatchObject({ program: 'codex', installed: false })
  expect(of('command')).toMatchObject({ program: null, installed: null })
  expect((await listRuntimes())[1]).toMatchObject({ program: 'claude', installed: null })
})
