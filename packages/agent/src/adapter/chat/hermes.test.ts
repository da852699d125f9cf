import { fileURLToPath } from 'node:url'
import { startModelStub } from '@molecule/model-stub/model-stub'
import { lastText, type Script } from '@molecule/model-stub/reply'
import { expect, onTestFinished, test } from 'vitest'
import { givenAdapter } from '../../testing/given-adapter.ts'
import { hermesAdapter } from './hermes.ts'

const stubProgram = fileURLToPath(import.meta.resolve('@molecule/model-stub/main'))

async function given(script: Script, config: object = {}) {
  const stub = await startModelStub({ script })
  onTestFinished(() => stub.close())
  const place = await givenAdapter({
    make: hermesAdapter,
    runtimeConfig: { base_url: `${stub.url}/v1`, ...config },
    secrets: { HERMES_API_KEY: 'a key of the test' },
  })
  return { ...place, stub }
}

const echo: Script = (asked) => ({ text: `You said: ${lastText(asked)}` })

test('a gateway that is there is told who the agent is and what was said before, also after a restart of the host', async () => {
  const { adapter, ask, stub, said } = await given(echo)

  expect(await adapter().fault()).toBeUndefined()
  await ask('one')
  const second = await ask('two')
  await ask('three', { contextId: 'other' })

  expect(second).toEqual({ outcome: 'completed', result: 'You said: two' })
  expect(said()).toContain('tokens read')
  expect(stub.asked[1]?.system).toContain('You are Lead: leads')
  expect(stub.asked[1]?.messages.map(({ text }) => text)).toEqual(['one', 'You said: one', 'two'])
  expect(stub.asked[2]?.messages.map(({ text }) => text)).toEqual(['three'])
})

test('a gateway that we start is ended with the workspace', async () => {
  const { ask, adapter } = await givenAdapter({
    make: hermesAdapter,
    runtimeConfig: {
      command: process.execPath,
      args: [stubProgram, '--port', '{{port}}', '--reply', 'from the gateway'],
    },
  })
  const of = adapter()

  expect(await of.fault()).toBeUndefined()
  expect(await ask('go', { of })).toEqual({ outcome: 'completed', result: 'from the gateway' })
})

test.each([
  ['a key that is refused', { status: 401 }, 'auth', 'model_auth'],
  ['a limit that is used up', { status: 429, retryAfterS: 7 }, 'quota', 'model_quota'],
  ['a gateway that is down', { status: 503 }, 'transient', 'model_unreachable'],
  ['a request that it refuses', { status: 400 }, 'permanent', 'agent_failed'],
  ['an answer that breaks off', 'cut', 'transient', 'model_unreachable'],
] as const)('%s is told as such', async (_, fault, failure, code) => {
  const { ask } = await given(() => fault)

  const result = await ask('go')

  expect(result).toMatchObject({ outcome: 'failed', failure, reason: { code } })
  if (failure === 'quota') expect(result).toMatchObject({ retry_at: expect.any(String) })
})

test('a gateway that falls silent is given up', async () => {
  const { ask } = await given(() => 'stall', { stall_s: 1 })

  expect(await ask('go')).toMatchObject({
    ...{ outcome: 'failed', failure: 'transient' },
    reason: { code: 'model_silent' },
  })
})

test('a gateway that is not there says so before there is any work', async () => {
  const { adapter } = await givenAdapter({
    make: hermesAdapter,
    runtimeConfig: { base_url: 'http://127.0.0.1:9/v1' },
  })

  expect(await adapter().fault()).toMatchObject({
    ...{ code: 'runtime_missing', detail: 'Nothing answers at http://127.0.0.1:9/v1.' },
  })
})
