import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Backend, BackendHandle, OwnerLabel, WorkloadSpec } from './backend.ts'

/** What a workload of the suite does once it runs. */
export type Behaviour =
  | 'waits'
  | 'prints three lines and waits'
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
}

const patienceMs = 10_000
const never = new AbortController().signal

/** What every backend promises. `given` makes a backend whose workloads behave as named. */
export function backendConformance(
  name: string,
  given: (behaviour: Behaviour) => Promise<Subject>,
) {
  describe(`${name} as a backend`, () => {
    startTests(given)
    stopTests(given)
    inspectTests(given)
    listTests(given)
  })
}

function startTests(given: (behaviour: Behaviour) => Promise<Subject>) {
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
}

function stopTests(given: (behaviour: Behaviour) => Promise<Subject>) {
  test.each([
    ['waits', 1],
    ['has a child that ignores TERM', 2],
    ['leaves a child in a session of its own', 1],
  ] as const)('stop resolves when nothing is left of a workload that %s', async (does, count) => {
    const { backend, spec, aliveCount } = await given(does)
    const handle = await backend.start(spec(), never)
    await until(async () => (await aliveCount(handle)) === count)

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

    const aborted = backend.stop(handle, AbortSignal.timeout(50))

    await expect(aborted).rejects.toThrow()
    await backend.stop(handle, never)
    expect(await aliveCount(handle)).toBe(0)
  })
}

function inspectTests(given: (behaviour: Behaviour) => Promise<Subject>) {
  test('a workload is running from the moment start has answered', async () => {
    const { backend, anew, spec } = await given('waits')

    const handle = await backend.start(spec(), never)

    expect(await backend.inspect(handle, never)).toBe('running')
    expect(await anew().inspect(handle, never)).toBe('running')
    await backend.stop(handle, never)
  })

  test('a workload that ended is absent, whatever it left behind', async () => {
    const { backend, spec, aliveCount } = await given('leaves a child in a session of its own')

    const handle = await backend.start(spec(), never)

    await until(async () => (await backend.inspect(handle, never)) === 'absent')
    await until(async () => (await aliveCount(handle)) === 1)
    await backend.stop(handle, never)
  })

  test('what can not be found out in time is unknown, not absent', async () => {
    const { backend, spec } = await given('waits')
    const handle = { backend: backend.id, ...spec() }

    const observed = await backend.inspect(handle, AbortSignal.abort())

    expect(observed).toBe('unknown')
  })
}

function listTests(given: (behaviour: Behaviour) => Promise<Subject>) {
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
