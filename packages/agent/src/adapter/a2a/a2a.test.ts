import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { givenAdapter } from '../../testing/given-adapter.ts'
import { processesMarked } from '../process-tree.ts'
import { a2aAdapter } from './a2a.ts'

const agent = fileURLToPath(new URL('../../testing/a2a-agent.ts', import.meta.url))

const given = (config: object = {}) =>
  givenAdapter({
    make: a2aAdapter,
    runtimeConfig: { command: process.execPath, args: [agent], ...config },
  })

test('a server of A2A is started with the workspace, and its thread goes on', async () => {
  const { adapter, ask, said } = await given()
  const of = adapter()

  expect(await of.fault()).toBeUndefined()
  await ask('one', { of })
  const second = await ask('two', { of })
  const other = await ask('three', { of, contextId: 'other' })

  expect(second).toEqual({ outcome: 'completed', result: 'You said: one | two' })
  expect(other).toEqual({ outcome: 'completed', result: 'You said: three' })
  expect(said()).toContain('You said: one')
})

test('what it asks becomes a question, what it fails at a failure with its words', async () => {
  const { adapter, ask } = await given()
  const of = adapter()

  expect(await ask('ask me', { of })).toEqual({ outcome: 'asked', question: 'Which one?' })
  expect(await ask('fail', { of })).toMatchObject({
    ...{ outcome: 'failed', failure: 'permanent' },
    reason: { code: 'agent_failed', detail: 'I cannot.' },
  })
})

test('RD-55: a task that does not end when it is called off is ended with its server, and the next one starts it again', async () => {
  const { adapter, ask, settings } = await given()
  const of = adapter()
  const stop = new AbortController()
  const sleeping = ask('sleep', { of, signal: stop.signal })
  const marked = () => processesMarked([`WORKSPACE_ID=${settings.workspaceId}`])
  await expect.poll(marked).toHaveLength(1)

  stop.abort()
  await sleeping

  expect(marked()).toEqual([])
  expect(await ask('again', { of })).toMatchObject({ outcome: 'completed' })
})

test('a server that ends in its work is told as such, and is there for the next task', async () => {
  const { adapter, ask } = await given()
  const of = adapter()

  expect(await ask('die', { of })).toMatchObject({
    ...{ outcome: 'failed', failure: 'transient' },
    reason: { code: 'agent_gone' },
  })
  expect(await ask('hello', { of })).toMatchObject({ outcome: 'completed' })
})

test('one that never answers, ends at once or is missing says so before there is any work', async () => {
  const silent = await given({ args: ['-e', 'setInterval(() => {}, 1000)'], start_timeout_s: 1 })
  const broken = await given({ args: ['-e', 'console.error("no port"); process.exit(4)'] })
  const missing = await given({ command: 'no-such-agent' })

  expect(await silent.adapter().fault()).toMatchObject({ code: 'agent_not_ready' })
  expect(await broken.adapter().fault()).toMatchObject({
    detail: expect.stringContaining('no port'),
  })
  expect(await missing.adapter().fault()).toMatchObject({ code: 'command_not_found' })
})

test('nothing said and no processor time used for stall_s is given up', async () => {
  const { adapter, ask } = await given({ stall_s: 1 })

  expect(await ask('sleep', { of: adapter() })).toMatchObject({
    ...{ outcome: 'failed', failure: 'transient' },
    reason: { code: 'agent_silent' },
  })
})
