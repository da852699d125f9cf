import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import {
  type Backend,
  type BackendHandle,
  handleFor,
  type OwnerLabel,
  StopUnproven,
  type WorkloadSpec,
} from './backend.ts'

/** What a workload of the suite does once it runs. */
export type Behaviour =
  | 'waits'
  | 'prints three lines and waits'
  | 'prints a line and ends'
  | 'ends at once'
  | 'has a child that ignores TERM'
  | 'leaves a child in a session of its own'

export type Subject = {
  readonly backend: Backend
  /** A backend with the same settings, as after a restart of the server. */
  anew(): Backend
  readonly owner: OwnerLabel
  /** For a workspace that nobody has started yet. */
  spec(): WorkloadSpec
  /** How many processes of the workload live, counted by other means than the backend's own. */
  aliveCount(handle: BackendHandle): Promise<number>
  /** Whether anything of the workspace is stored, looked for by other means than the backend's own. */
  isStored(handle: BackendHandle): Promise<boolean>
  /** All of a workload ends with its host: it can leave nothing behind. */
  readonly endsWithHost: boolean
}

export type Given = (behaviour: Behaviour) => Promise<Subject>

const patienceMs = 10_000
const never = new AbortController().signal

/** What only some backends do. */
export type May = { readonly countUsage: boolean }

/** What every backend promises. `given` makes a backend whose workloads behave as named. */
export function backendConformance(
  name: string,
  given: Given,
  { countUsage = true }: Partial<May> = {},
) {
  describe(`${name} as a backend`, () => {
    startTests(given)
    lostHandleTests(given)
    stopTests(given)
    phaseTests(given)
    inspectTests(given)
    listTests(given)
    if (countUsage) usageTests(given)
    storageTests(given)
  })
}

function startTests(given: Given) {
  test('a second start of an incarnation finds the first', async () => {
    const { backend, spec, aliveCount } = await given('waits')
    const wanted = spec()
    const first = await backend.start(wanted, never)
    await until(async () => (await aliveCount(first)) === 1)

    const second = await backend.start(wanted, never)

    expect(second).toEqual(first)
    expect(await aliveCount(first)).toBe(1)
    await backend.stop(first, never)
  })

  test('starts that race, also from a server just restarted, make one workload', async () => {
    const { backend, anew, spec, aliveCount } = await given('waits')
    const wanted = spec()

    const handles = await Promise.all(
      [backend, backend, anew(), anew()].map((each) => each.start(wanted, never)),
    )

    const [handle = expect.fail('no start answered')] = handles
    await until(async () => (await aliveCount(handle)) >= 1)
    await sleep(200)
    expect(await aliveCount(handle)).toBe(1)
    await backend.stop(handle, never)
  })

  test('an incarnation that has ended is not launched again', async () => {
    const { backend, spec, aliveCount } = await given('ends at once')
    const wanted = spec()
    const handle = await backend.start(wanted, never)
    await until(async () => (await backend.inspect(handle, never)) === 'absent')

    await backend.start(wanted, never)

    await sleep(200)
    expect(await aliveCount(handle)).toBe(0)
  })

  test('an incarnation that was stopped is not launched again', async () => {
    const { backend, spec, aliveCount } = await given('waits')
    const wanted = spec()
    const handle = await backend.start(wanted, never)
    await until(async () => (await aliveCount(handle)) === 1)
    await backend.stop(handle, never)

    await backend.start(wanted, never)

    await until(async () => (await backend.inspect(handle, never)) === 'absent')
    expect(await aliveCount(handle)).toBe(0)
    await backend.stop(handle, never)
  })
}

/** The server died between the call of the backend and the record of what it answered. */
function lostHandleTests(given: Given) {
  test('a start that was never recorded is found by the next one', async () => {
    const { backend, anew, spec, owner, aliveCount } = await given('waits')
    const wanted = spec()
    await backend.start(wanted, never)
    await until(async () => (await aliveCount(handleFor(backend.id, wanted))) === 1)

    const found = await anew().start(wanted, never)

    expect(await aliveCount(found)).toBe(1)
    const listed = await collect(anew().list(owner, never))
    expect(listed.map(({ handle }) => handle)).toEqual([found])
    await backend.stop(found, never)
  })

  test('the handle written before a start finds all that came of it', async () => {
    const { backend, anew, spec, aliveCount } = await given('waits')
    const wanted = spec()
    const written = handleFor(backend.id, wanted)
    await backend.start(wanted, never)
    await until(async () => (await aliveCount(written)) === 1)

    const observed = await anew().inspect(written, never)
    await anew().stop(written, never)

    expect(observed).toBe('running')
    expect(await aliveCount(written)).toBe(0)
  })
}

/** Whenever it is stopped, once the stop after the last start has resolved nothing is left. */
function phaseTests(given: Given) {
  test.each([0, 5, 20, 60, 150, 400])(
    'a stop %i ms after a start began leaves nothing',
    async (afterMs) => {
      const { backend, spec, owner, aliveCount } = await given('has a child that ignores TERM')
      const wanted = spec()
      const handle = handleFor(backend.id, wanted)
      const started = backend.start(wanted, never).catch(() => undefined)
      await sleep(afterMs)

      await backend.stop(handle, never)
      await started
      await backend.stop(handle, never)

      expect(await aliveCount(handle)).toBe(0)
      expect(await backend.inspect(handle, never)).toBe('absent')
      expect(await collect(backend.list(owner, never))).toEqual([])
    },
  )

  test.each([0, 5, 30, 100])(
    'a start that is given up after %i ms can be repeated',
    async (afterMs) => {
      const { backend, anew, spec, aliveCount } = await given('waits')
      const wanted = spec()
      await backend.start(wanted, AbortSignal.timeout(afterMs)).catch(() => undefined)

      const handle = await anew().start(wanted, never)

      await until(async () => (await aliveCount(handle)) === 1)
      expect(await backend.inspect(handle, never)).toBe('running')
      await backend.stop(handle, never)
      expect(await aliveCount(handle)).toBe(0)
    },
  )
}

function stopTests(given: Given) {
  test.each([
    ['waits', 1],
    ['has a child that ignores TERM', 2],
    ['leaves a child in a session of its own', 1],
  ] as const)('stop resolves when nothing is left of a workload that %s', async (does, count) => {
    const { backend, spec, aliveCount, endsWithHost } = await given(does)
    const isOver = endsWithHost && does === 'leaves a child in a session of its own'
    const handle = await backend.start(spec(), never)
    await until(async () => isOver || (await aliveCount(handle)) === count)

    await backend.stop(handle, never)

    expect(await aliveCount(handle)).toBe(0)
    expect(await backend.inspect(handle, never)).toBe('absent')
  })

  test('a stop finds what was started before the server restarted', async () => {
    const { backend, anew, spec, aliveCount } = await given('waits')
    const handle = await backend.start(spec(), never)
    await until(async () => (await aliveCount(handle)) === 1)

    await anew().stop(handle, never)

    expect(await aliveCount(handle)).toBe(0)
  })

  test('stopping again, or what never started, is no error', async () => {
    const { backend, spec } = await given('waits')
    const handle = { backend: backend.id, ...spec() }

    await backend.stop(handle, never)
    await backend.stop(handle, never)

    expect(await backend.inspect(handle, never)).toBe('absent')
  })

  test('stopping incarnation 1 leaves 11 alone', async () => {
    const { backend, spec, aliveCount } = await given('waits')
    const wanted = spec()
    const first = await backend.start({ ...wanted, incarnation: 1 }, never)
    const eleventh = await backend.start({ ...wanted, incarnation: 11 }, never)
    await until(async () => (await aliveCount(first)) + (await aliveCount(eleventh)) === 2)

    await backend.stop(first, never)

    expect(await aliveCount(first)).toBe(0)
    expect(await backend.inspect(eleventh, never)).toBe('running')
    await backend.stop(eleventh, never)
  })

  test('a stop that is aborted rejects, and the next one finishes the work', async () => {
    const { backend, spec, aliveCount } = await given('has a child that ignores TERM')
    const handle = await backend.start(spec(), never)
    await until(async () => (await aliveCount(handle)) === 2)

    const givenUp = new AbortController()
    const aborted = backend.stop(handle, givenUp.signal)
    givenUp.abort()

    await expect(aborted).rejects.toThrow()
    await backend.stop(handle, never)
    expect(await aliveCount(handle)).toBe(0)
  })
}

function inspectTests(given: Given) {
  test('a workload is running from the moment start has answered', async () => {
    const { backend, anew, spec } = await given('waits')

    const handle = await backend.start(spec(), never)

    expect(await backend.inspect(handle, never)).toBe('running')
    expect(await anew().inspect(handle, never)).toBe('running')
    await backend.stop(handle, never)
  })

  test('a workload that ended is absent, whatever it left behind', async () => {
    const { backend, spec, aliveCount, endsWithHost } = await given(
      'leaves a child in a session of its own',
    )

    const handle = await backend.start(spec(), never)

    await until(async () => (await backend.inspect(handle, never)) === 'absent')
    await until(async () => (await aliveCount(handle)) === (endsWithHost ? 0 : 1))
    await backend.stop(handle, never)
  })

  test('what can not be found out in time is unknown, not absent', async () => {
    const { backend, spec } = await given('waits')
    const handle = { backend: backend.id, ...spec() }

    const observed = await backend.inspect(handle, AbortSignal.abort())

    expect(observed).toBe('unknown')
  })
}

function listTests(given: Given) {
  test('the list names what this owner runs, and nothing of another', async () => {
    const { backend, spec, owner } = await given('waits')
    const wanted = spec()
    const otherNode = { ...owner, nodeId: `${owner.nodeId}x` }
    const otherInstall = { ...owner, installId: `${owner.installId}x` }
    const ours = await backend.start(wanted, never)
    const foreign = [
      await backend.start({ ...spec(), owner: otherNode }, never),
      await backend.start({ ...spec(), owner: otherInstall }, never),
    ]

    const listed = await collect(backend.list(owner, never))

    expect(listed.map(({ handle }) => handle)).toEqual([ours])
    for (const handle of [ours, ...foreign]) await backend.stop(handle, never)
    expect(await collect(backend.list(owner, never))).toEqual([])
  })

  test('the newest lines of the log come oldest first', async ({ skip }) => {
    const { backend, spec } = await given('prints three lines and waits')
    const { logs } = backend
    if (!logs) return skip('this backend keeps no logs')
    const handle = await backend.start(spec(), never)
    const tail = async (tailLines: number) => collect(logs(handle, { tailLines }, never))
    await until(async () => (await tail(10)).length === 3)

    const lines = await tail(2)

    expect(lines).toEqual(['line 2', 'line 3'])
    await backend.stop(handle, never)
  })
}

function usageTests(given: Given) {
  test('what a workload uses is counted with its children, once for each start', async () => {
    const { backend, spec, owner, aliveCount } = await given('has a child that ignores TERM')
    const wanted = spec()
    const handle = await backend.start(wanted, never)
    await until(async () => (await aliveCount(handle)) === 2)

    const told = []
    for await (const each of backend.usage?.(owner, never) ?? []) told.push(each)

    const own = told.filter(({ handle: { workspaceId } }) => workspaceId === wanted.workspaceId)
    expect(own).toHaveLength(1)
    expect(own[0]?.handle.incarnation).toBe(wanted.incarnation)
    expect(own[0]?.usage.processes).toBeGreaterThanOrEqual(2)
    expect(own[0]?.usage.memoryBytes).toBeGreaterThan(0)
    expect(own[0]?.usage.cpuMs).toBeGreaterThanOrEqual(0)
    await backend.stop(handle, never)
  })
}

function storageTests(given: Given) {
  test('a followed log ends with its workload', async ({ skip }) => {
    const { backend, spec } = await given('prints three lines and waits')
    const { logs } = backend
    if (!logs) return skip('this backend keeps no logs')
    const handle = await backend.start(spec(), never)
    const seen: string[] = []
    const following = (async () => {
      for await (const line of logs(handle, { tailLines: 10, follow: true }, never)) seen.push(line)
    })()
    await until(async () => seen.length >= 3)

    await backend.stop(handle, never)
    await following

    expect(seen.slice(0, 3)).toEqual(['line 1', 'line 2', 'line 3'])
  })

  test('a followed log ends when nobody listens any more', async ({ skip }) => {
    const { backend, spec } = await given('waits')
    const { logs } = backend
    if (!logs) return skip('this backend keeps no logs')
    const handle = await backend.start(spec(), never)
    const listening = new AbortController()
    const options = { tailLines: 5, follow: true }

    const following = collect(logs(handle, options, listening.signal))
    listening.abort()

    expect(await following).toEqual([])
    await backend.stop(handle, never)
  })

  test('what an ended workload printed can be read until it is stopped', async ({ skip }) => {
    const { backend, anew, spec } = await given('prints a line and ends')
    const { logs } = anew()
    if (!logs) return skip('this backend keeps no logs')
    const handle = await backend.start(spec(), never)
    await until(async () => (await backend.inspect(handle, never)) === 'absent')

    const lines = await collect(logs(handle, { tailLines: 10 }, never))

    expect(lines).toEqual(['the last words'])
    await backend.stop(handle, never)
  })

  test('LC-25 purge refuses while something lives, and leaves nothing after a stop', async ({
    skip,
  }) => {
    const { backend, spec, aliveCount, isStored } = await given('waits')
    const { purge } = backend
    if (!purge) return skip('this backend stores nothing')
    const wanted = spec()
    const first = await backend.start(wanted, never)
    const second = await backend.start({ ...wanted, incarnation: 2 }, never)
    await until(async () => (await aliveCount(first)) + (await aliveCount(second)) === 2)
    await backend.stop(first, never)

    await expect(purge(first, never)).rejects.toThrow(StopUnproven)
    expect(await isStored(first)).toBe(true)
    await backend.stop(second, never)
    await purge(second, never)
    await purge(first, never)

    expect(await isStored(first)).toBe(false)
  })
}

/** Waits for what another process does; fails loudly when it does not. */
export async function until(holds: () => Promise<boolean>) {
  const giveUpAt = performance.now() + patienceMs
  while (!(await holds())) {
    if (performance.now() > giveUpAt) expect.fail(`did not hold within ${patienceMs} ms`)
    await sleep(10)
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
