import { expect, test } from 'vitest'
import { memoryBackend } from '../../testing/memory-backend.ts'
import { type Backend, handleFor, StopUnproven, type WorkloadSpec } from '../backend.ts'
import { collect } from '../conformance.ts'
import { servedBackend } from './served-backend.ts'

const never = new AbortController().signal

const spec: WorkloadSpec = {
  workspaceId: 'w',
  incarnation: 1,
  owner: { installId: 'tenant', nodeId: 'node' },
  runtime: 'command',
  tier: 1,
  workspaceDir: null,
  boot: { url: 'http://127.0.0.1:1', credential: 'boot-secret' },
}

function given() {
  const [one, two] = [memoryBackend(), memoryBackend()]
  const first: Backend = { ...one, id: 'first' }
  const second: Backend = { ...two, id: 'second' }
  return { one, two, first, second }
}

test('new starts take the first; the handle says so', async () => {
  const { one, two, first, second } = given()
  const served = servedBackend(first, second)

  const handle = await served.start(spec, never)

  expect(handle).toMatchObject({ workspaceId: 'w', incarnation: 1, within: 'first' })
  expect([one.running('w'), two.running('w')]).toEqual([[1], []])
})

test('a start that runs in another one already is found there, not made again', async () => {
  const { one, two, first, second } = given()
  await servedBackend(second).start(spec, never)

  const handle = await servedBackend(first, second).start(spec, never)

  expect(handle).toMatchObject({ within: 'second' })
  expect([one.started('w'), two.running('w')]).toEqual([[], [1]])
})

test('nothing is started while another one can not say whether it runs it', async () => {
  const { one, two, first, second } = given()
  two.fail.inspect = true

  const started = servedBackend(first, second).start(spec, never)

  await expect(started).rejects.toThrow('second does not say')
  expect(one.started('w')).toEqual([])
})

test('LC-39e a handle that was never completed is looked for, and stopped, in all', async () => {
  const { two, first, second } = given()
  await servedBackend(second).start(spec, never)
  const served = servedBackend(first, second)
  const written = handleFor(served.id, spec)

  const before = await served.inspect(written, never)
  await served.stop(written, never)

  expect([before, await served.inspect(written, never)]).toEqual(['running', 'absent'])
  expect(two.running('w')).toEqual([])
})

test('LC-39h absent is said only by all; one that can not be asked makes it unknown, and a stop unproven', async () => {
  const { two, first, second } = given()
  const served = servedBackend(first, second)
  const written = handleFor(served.id, spec)
  two.fail.inspect = true
  two.fail.stop = 'no answer'

  expect(await served.inspect(written, never)).toBe('unknown')
  await expect(served.stop(written, never)).rejects.toThrow('no answer')
})

test('LC-39h what runs in a backend that is not offered any more is unknown, not gone', async () => {
  const { two, first, second } = given()
  const handle = await servedBackend(second).start(spec, never)
  const served = servedBackend(first)

  expect(await served.inspect(handle, never)).toBe('unknown')
  await expect(served.stop(handle, never)).rejects.toThrow(StopUnproven)
  expect(two.running('w')).toEqual([1])
})

test('the list has what all of them run, each with its place', async () => {
  const { first, second } = given()
  await servedBackend(second).start(spec, never)
  await servedBackend(first).start({ ...spec, workspaceId: 'v' }, never)

  const listed = await collect(servedBackend(first, second).list(spec.owner, never))

  expect(listed.map(({ handle }) => [handle.workspaceId, handle.within])).toEqual([
    ['v', 'first'],
    ['w', 'second'],
  ])
})

test('a start that comes while its workload is being stopped is refused', async () => {
  const { one, first } = given()
  const { promise: gate, resolve: open } = Promise.withResolvers<void>()
  const served = servedBackend({ ...first, stop: () => gate })
  const handle = handleFor(served.id, spec)
  const stopped = served.stop(handle, never)

  const late = served.start(spec, never)

  await expect(late).rejects.toThrow('it is being stopped')
  open()
  await stopped
  expect(one.started('w')).toEqual([])
  expect(await served.start(spec, never)).toMatchObject({ within: 'first' })
})

test('a start that does not end keeps the stop from being proven', async () => {
  const { first } = given()
  const begun = Promise.withResolvers<void>()
  const stubborn: Backend = {
    ...first,
    start() {
      begun.resolve()
      return new Promise(() => {})
    },
  }
  const served = servedBackend(stubborn)
  void served.start(spec, never)
  await begun.promise

  const stopped = served.stop(handleFor(served.id, spec), AbortSignal.timeout(20))

  await expect(stopped).rejects.toThrow('timeout')
})

test('a stop ends the start that is under way before it looks, so that nothing comes after it', async () => {
  const { first } = given()
  const order: string[] = []
  const begun = Promise.withResolvers<void>()
  const slow: Backend = {
    ...first,
    async start(_, signal) {
      begun.resolve()
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      order.push('the start has ended')
      throw signal.reason
    },
    async stop() {
      order.push('the stop looks')
    },
  }
  const served = servedBackend(slow)
  const started = served.start(spec, never)
  const outcome = expect(started).rejects.toThrow('stopped meanwhile')
  await begun.promise

  await served.stop(handleFor(served.id, spec), never)

  await outcome
  expect(order).toEqual(['the start has ended', 'the stop looks'])
})
