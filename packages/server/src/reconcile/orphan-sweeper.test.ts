import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { transact } from '../db/transact.ts'
import { listOrphans } from '../domain/resource/orphan-store.ts'
import { givenWorkspace } from '../testing/given.ts'
import { givenController, quietLog, reportIn, type World } from '../testing/given-controller.ts'
import { ORPHAN_GRACE_MS, orphanSweeper } from './orphan-sweeper.ts'

const never = new AbortController().signal
const owner = { installId: 'install', nodeId: 'node' }
const MINUTES = ORPHAN_GRACE_MS / 60_000

const sweeperOf = ({ db, backend }: World, enabled = ['process']) =>
  orphanSweeper({ db, log: quietLog, backends: new Map([['process', backend]]), enabled, ...owner })

async function sweeps(world: World, sweeper: ReturnType<typeof sweeperOf>, count: number) {
  for (let n = 0; n < count; n++) {
    await sweeper.round(never)
    await world.clock.advance(60_000)
  }
}

function plant(world: World, count = 1): string[] {
  const ids = Array.from({ length: count }, () => randomUUID())
  for (const workspaceId of ids) world.backend.plant({ workspaceId, incarnation: 1, owner })
  return ids
}

async function givenHosted(world: World, count = 1): Promise<string[]> {
  const ids: string[] = []
  for (let n = 0; n < count; n++) {
    const { id } = await givenWorkspace(world.db, world.org)
    ids.push(id)
    await world.rounds(2)
    await reportIn(world, id, 1)
  }
  return ids
}

test('a backend that is not enabled is asked only for what was started there', async () => {
  const world = await givenController()
  plant(world)

  await sweeps(world, sweeperOf(world, []), 1)
  const unasked = await listOrphans(world.db, owner.nodeId)
  await givenHosted(world)
  await sweeps(world, sweeperOf(world, []), 1)

  expect(unasked).toEqual([])
  expect(await listOrphans(world.db, owner.nodeId)).toHaveLength(1)
})

test('what runs without a row is quarantined, and stopped after the grace; what has a row runs on', async () => {
  const world = await givenController()
  const [known] = await givenHosted(world)
  const [orphan] = plant(world)
  const sweeper = sweeperOf(world)

  await sweeps(world, sweeper, MINUTES)
  expect(world.backend.running(orphan ?? '')).toEqual([1])
  expect(await listOrphans(world.db)).toMatchObject([{ workspaceId: orphan, rounds: MINUTES }])
  await sweeps(world, sweeper, 1)

  expect(world.backend.running(orphan ?? '')).toEqual([])
  expect(world.backend.running(known ?? '')).toEqual([1])
  expect(await listOrphans(world.db)).toEqual([])
})

test('a clock that jumps does not shorten the grace', async () => {
  const world = await givenController()
  const [orphan] = plant(world)
  const sweeper = sweeperOf(world)

  await sweeps(world, sweeper, 1)
  await world.clock.advance(24 * 60 * 60_000)
  await sweeps(world, sweeper, 1)

  expect(world.backend.running(orphan ?? '')).toEqual([1])
})

test('what ends by itself leaves the quarantine', async () => {
  const world = await givenController()
  const [orphan] = plant(world)
  const sweeper = sweeperOf(world)
  await sweeps(world, sweeper, 2)

  world.backend.crash(orphan ?? '')
  await sweeps(world, sweeper, 1)

  expect(await listOrphans(world.db)).toEqual([])
})

test('a workload whose row says that it is proven gone is an orphan', async () => {
  const world = await givenController()
  const [id] = await givenHosted(world)
  await transact(world.db, async (tx) => {
    await tx.updateTable('resources').set({ closedAt: 1 }).execute()
  })
  const sweeper = sweeperOf(world)

  await sweeps(world, sweeper, MINUTES + 1)

  expect(world.backend.running(id ?? '')).toEqual([])
})

test('a stop that fails is tried again at every sweep, and says what is in its way', async () => {
  const world = await givenController()
  const [orphan] = plant(world)
  const sweeper = sweeperOf(world)
  world.backend.fail.stop = 'it does not want to'
  await sweeps(world, sweeper, MINUTES + 2)
  expect(await listOrphans(world.db)).toMatchObject([
    { stopAttempts: 2, lastError: 'it does not want to' },
  ])

  world.backend.fail = {}
  await sweeps(world, sweeper, 1)

  expect(world.backend.running(orphan ?? '')).toEqual([])
})

test('a backend that cannot list keeps its quarantine', async () => {
  const world = await givenController()
  plant(world)
  const sweeper = sweeperOf(world)
  await sweeps(world, sweeper, 1)
  world.backend.fail.list = 'no answer'

  await sweeps(world, sweeper, 2)

  expect(await listOrphans(world.db)).toMatchObject([{ rounds: 1 }])
})

test('the brake: when most of what runs would be stopped, nothing is, and it says why', async () => {
  const world = await givenController()
  const known = await givenHosted(world, 2)
  const orphans = plant(world, 6)
  const sweeper = sweeperOf(world)

  await sweeps(world, sweeper, MINUTES + 2)

  expect(orphans.filter((id) => world.backend.running(id).length === 1)).toEqual(orphans)
  expect(sweeper.brake()).toContain('6 of 8')
  for (const id of known) expect(world.backend.running(id)).toEqual([1])
})

test('the brake lets go of a few, and of many among more that are known', async () => {
  const world = await givenController()
  const orphans = plant(world, 5)
  const sweeper = sweeperOf(world)
  await sweeps(world, sweeper, MINUTES + 1)
  expect(orphans.flatMap((id) => world.backend.running(id))).toEqual([])

  await givenHosted(world, 6)
  const more = plant(world, 6)
  await sweeps(world, sweeper, MINUTES + 1)

  expect(more.flatMap((id) => world.backend.running(id))).toEqual([])
  expect(sweeper.brake()).toBeNull()
})

test('the brake: a database of another installation stops nothing', async () => {
  const world = await givenController()
  const [orphan] = plant(world)
  await transact(world.db, async (tx) => {
    await tx.insertInto('meta').values({ key: 'install_id', value: 'another' }).execute()
  })
  const sweeper = sweeperOf(world)

  await sweeps(world, sweeper, MINUTES + 2)

  expect(world.backend.running(orphan ?? '')).toEqual([1])
  expect(sweeper.brake()).toContain('another installation')
})
