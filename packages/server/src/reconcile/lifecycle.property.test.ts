import type { WorkspaceId } from '@molecule/contract/id'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DomainError } from '../domain/error.ts'
import { openResources } from '../domain/resource/resource-store.ts'
import { hibernateWorkspace, wakeWorkspace } from '../domain/workspace/workspace-hibernate.ts'
import { pauseWorkspace, resumeWorkspace } from '../domain/workspace/workspace-pause.ts'
import { removeWorkspace } from '../domain/workspace/workspace-remove.ts'
import { restartWorkspace } from '../domain/workspace/workspace-service.ts'
import { givenTask, givenWorkspace } from '../testing/given.ts'
import { givenController, reportIn, rowOf, type World } from '../testing/given-controller.ts'

const verbs = {
  restart: restartWorkspace,
  pause: pauseWorkspace,
  resume: resumeWorkspace,
  hibernate: (db: World['db'], admin: World['org']['admin'], id: WorkspaceId) =>
    hibernateWorkspace(db, admin, id, { force: true }),
  wake: wakeWorkspace,
  remove: (db: World['db'], admin: World['org']['admin'], id: WorkspaceId) =>
    removeWorkspace(db, admin, id, { confirm: true, purge: true }),
}
type Verb = keyof typeof verbs

type Action =
  | { do: 'verb'; verb: Verb; on: number }
  | { do: 'task'; on: number }
  | { do: 'rounds' }
  | { do: 'reportIn'; on: number }
  | { do: 'hostEnds'; on: number }
  | { do: 'serverDies'; afterCalls: number; hasEffect: boolean }
  | { do: 'fault'; fault: 'start' | 'stop' | 'inspect' | 'purge' | 'none' }
  | { do: 'timePasses'; ms: number }

const on = fc.nat({ max: 2 })
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 7,
    arbitrary: fc.record<Action & { do: 'verb' }>({
      do: fc.constant('verb'),
      verb: fc.constantFrom<Verb>('restart', 'pause', 'pause', 'resume', 'hibernate', 'wake'),
      on,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record<Action & { do: 'verb' }>({
      do: fc.constant('verb'),
      verb: fc.constant('remove'),
      on,
    }),
  },
  { weight: 2, arbitrary: fc.record<Action & { do: 'task' }>({ do: fc.constant('task'), on }) },
  { weight: 7, arbitrary: fc.constant<Action>({ do: 'rounds' }) },
  {
    weight: 4,
    arbitrary: fc.record<Action & { do: 'reportIn' }>({ do: fc.constant('reportIn'), on }),
  },
  {
    weight: 2,
    arbitrary: fc.record<Action & { do: 'hostEnds' }>({ do: fc.constant('hostEnds'), on }),
  },
  {
    weight: 4,
    arbitrary: fc.record<Action & { do: 'serverDies' }>({
      do: fc.constant('serverDies'),
      afterCalls: fc.nat({ max: 6 }),
      hasEffect: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record<Action & { do: 'fault' }>({
      do: fc.constant('fault'),
      fault: fc.constantFrom('stop', 'stop', 'start', 'inspect', 'purge', 'none'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record<Action & { do: 'timePasses' }>({
      do: fc.constant('timePasses'),
      ms: fc.constantFrom(500, 2000, 70_000),
    }),
  },
)

/** A refusal is an answer like another: the wish stays as it was. */
const unlessRefused = (error: unknown) => {
  if (!(error instanceof DomainError)) throw error
}

/** One round whose server dies at a call of the backend: before its effect, or right after it. */
async function dieInRound(
  world: World,
  { afterCalls, hasEffect }: { afterCalls: number; hasEffect: boolean },
) {
  const dying = new AbortController()
  const { start, stop, purge } = world.backend
  let left = afterCalls
  const deadly =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const isLast = left-- === 0
      if (isLast && !hasEffect) dying.abort()
      dying.signal.throwIfAborted()
      const answer = await call(...args)
      if (isLast) dying.abort()
      dying.signal.throwIfAborted()
      return answer
    }
  Object.assign(world.backend, {
    start: deadly(start),
    stop: deadly(stop),
    ...(purge ? { purge: deadly(purge) } : {}),
  })
  await world.rounds(1, dying.signal)
  Object.assign(world.backend, { start, stop, purge })
  world.reborn()
}

async function act(world: World, ids: WorkspaceId[], step: Action): Promise<void> {
  const id = 'on' in step ? (ids[step.on] as WorkspaceId) : (ids[0] as WorkspaceId)
  const { db, org, backend } = world
  switch (step.do) {
    case 'verb':
      return void (await verbs[step.verb](db, org.admin, id).catch(unlessRefused))
    case 'task':
      return void (await givenTask(db, org, id).catch(unlessRefused))
    case 'rounds':
      return world.rounds(1)
    case 'reportIn':
      return reportIn(world, id, (await rowOf(world, id)).incarnation).catch(unlessRefused)
    case 'hostEnds':
      return backend.crash(id)
    case 'serverDies':
      return dieInRound(world, step)
    case 'fault':
      backend.fail = step.fault === 'inspect' ? { inspect: true } : { [step.fault]: 'a fault' }
      return
    case 'timePasses':
      return world.clock.advance(step.ms)
  }
}

/** Nothing but leak suspects runs beside the newest start, whatever happened. */
async function expectOneAlive(world: World, ids: WorkspaceId[]) {
  for (const id of ids) {
    const open = await openResources(world.db, id)
    const suspects = new Set(
      open.filter((each) => each.leakSuspectAt).map((each) => each.incarnation),
    )
    const alive = world.backend.running(id)
    expect(alive.filter((incarnation) => !suspects.has(incarnation)).length).toBeLessThanOrEqual(1)
    const { status } = await rowOf(world, id)
    expect(alive.length > 0 && (status === 'paused' || status === 'hibernated')).toBe(false)
    const known = new Set(open.map((each) => each.incarnation))
    expect(alive.filter((incarnation) => !known.has(incarnation))).toEqual([])
  }
}

/** Faults end, hosts report in, time passes; what was parked for a person is restarted by one. */
async function settle(world: World, ids: WorkspaceId[]) {
  world.backend.fail = {}
  for (let n = 0; n < 9; n++) {
    await world.clock.advance(30_000)
    await world.rounds(2)
    for (const id of ids) await helpUp(world, id)
    await world.rounds(1)
  }
}

async function helpUp(world: World, id: WorkspaceId): Promise<void> {
  const { desiredState, status, nextStartAt, incarnation } = await rowOf(world, id)
  if (desiredState !== 'running') return
  if (status === 'failed' && nextStartAt === null)
    await restartWorkspace(world.db, world.org.admin, id)
  else if (world.backend.running(id).includes(incarnation))
    await reportIn(world, id, incarnation).catch(unlessRefused)
}

/** On a slow database fewer runs fit. */
const MOST_MS = 15_000

const statusOf = {
  running: 'online',
  paused: 'paused',
  hibernated: 'hibernated',
  removed: 'removed',
}

async function expectWishTrue(world: World, id: WorkspaceId) {
  const row = await rowOf(world, id)
  const isWanted = row.desiredState === 'running'
  const isRemoved = row.desiredState === 'removed'
  expect(row.status).toBe(statusOf[row.desiredState])
  expect(isRemoved || row.observedGeneration === row.generation).toBe(true)
  expect(isRemoved && row.purgedAt === null).toBe(false)
  expect(world.backend.running(id)).toEqual(isWanted ? [row.incarnation] : [])
  expect(await openResources(world.db, id)).toHaveLength(isWanted ? 1 : 0)
}

test('LC-60: whatever is asked, and wherever the server dies: every wish comes true, once, and nothing is forgotten', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 5, maxLength: 30 }), async (actions) => {
      const world = await givenController()
      const top = await givenWorkspace(world.db, world.org, { name: 'top' })
      const child = await givenWorkspace(world.db, world.org, { name: 'child', parent_id: top.id })
      const other = await givenWorkspace(world.db, world.org, { name: 'other' })
      const ids = [top.id, child.id, other.id]
      await world.rounds(2)
      for (const id of ids) await reportIn(world, id, 1)

      for (const step of actions) {
        await act(world, ids, step)
        await expectOneAlive(world, ids)
      }
      await settle(world, ids)

      for (const id of ids) await expectWishTrue(world, id)
    }),
    { numRuns: 25, interruptAfterTimeLimit: MOST_MS },
  )
}, 60_000)

test('LC-11: CM-91: however many restarts fall into one cycle, they cost one more start, and the last takes effect', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.nat({ max: 2 }),
      async (restarts, before) => {
        const world = await givenController()
        const { id } = await givenWorkspace(world.db, world.org)
        await world.rounds(before)

        for (let n = 0; n < restarts; n++) await restartWorkspace(world.db, world.org.admin, id)
        await world.rounds(4)
        const row = await rowOf(world, id)
        await reportIn(world, id, row.incarnation)
        await world.rounds(2)

        expect(world.backend.started(id).length).toBeLessThanOrEqual(2)
        expect(await rowOf(world, id)).toMatchObject({
          status: 'online',
          startedGeneration: 1 + restarts,
          observedGeneration: 1 + restarts,
        })
      },
    ),
    { numRuns: 15, interruptAfterTimeLimit: MOST_MS },
  )
})
