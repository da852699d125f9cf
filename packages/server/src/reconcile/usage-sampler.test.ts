import { expect, test } from 'vitest'
import { resourceLedger } from '../domain/resource/resource-ledger.ts'
import { usageOfWorkspace } from '../domain/resource/resource-usage.ts'
import { givenWorkspace } from '../testing/given.ts'
import { givenController, quietLog } from '../testing/given-controller.ts'
import { memoryBackend } from '../testing/memory-backend.ts'
import { usageSampler } from './usage-sampler.ts'

const never = new AbortController().signal
const usage = { cpuMs: 1500, memoryBytes: 64_000_000, processes: 3 }

async function given() {
  const backend = memoryBackend()
  const world = await givenController({ backend })
  const { id } = await givenWorkspace(world.db, world.org)
  await world.rounds(1)
  const { db } = world
  const options = { db, log: quietLog, installId: 'install', nodeId: 'node' }
  const sampler = usageSampler({ ...options, backends: new Map([['process', backend]]) })
  return { ...world, id, sampler }
}

test('what a workspace uses is known from the first look on, and unknown before it', async () => {
  const { db, org, id, backend, sampler } = await given()
  const before = await usageOfWorkspace(db, org.scope, id)
  backend.uses = usage

  await sampler.round(never)

  expect(before).toEqual({ workspace_id: id, incarnation: 1, usage: null })
  expect(await usageOfWorkspace(db, org.scope, id)).toMatchObject({
    usage: { cpu_s: 1.5, memory_bytes: 64_000_000, processes: 3 },
  })
})

test('a backend that does not answer leaves what is known', async () => {
  const { db, org, id, backend, sampler } = await given()
  backend.uses = usage
  await sampler.round(never)

  backend.uses = 'it hangs'
  await sampler.round(never)

  expect(await usageOfWorkspace(db, org.scope, id)).toMatchObject({ usage: { processes: 3 } })
})

test('the ledger adds up what an agent costs, where somebody said what its backend costs', async () => {
  const { db, org, clock } = await given()
  await clock.advance(1_800_000)
  const options = { openOnly: true, brake: null }

  const priced = await resourceLedger(db, org.scope, { ...options, costPerHour: { process: 0.5 } })
  const unknown = await resourceLedger(db, org.scope, { ...options, costPerHour: { docker: 1 } })

  expect(priced.resources).toMatchObject([{ cost: { per_hour: 0.5, so_far: 0.25 } }])
  expect(unknown.resources).toMatchObject([{ cost: null, usage: null }])
})
