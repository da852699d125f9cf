import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { expectPromisesKept } from './harness/assert-kept.ts'
import { dice } from './harness/dice.ts'
import { givenInstallation } from './harness/given-installation.ts'
import type { Installation } from './harness/installation.ts'
import { type KeptAlive, whileKeptAlive } from './harness/kept-alive.ts'
import { killProcess } from './harness/marked-processes.ts'
import { patiently } from './harness/patiently.ts'
import { askOnce, patientClient, smallOrganization } from './harness/small-organization.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const seed = Number(process.env.CRASH_SEED ?? 1)
const kills = 16
const mostServerKills = 3
const requests = Array.from({ length: 12 }, (_, n) => `request ${n}`)

async function killAtRandom(installation: Installation, kept: KeptAlive) {
  const roll = dice(seed)
  let serverKills = 0
  for (let n = 0; n < kills; n++) {
    await sleep(100 + roll() * 500)
    const chance = roll()
    if (chance < 0.15 && serverKills++ < mostServerKills) {
      await kept.current().kill()
      continue
    }
    const kind = chance < 0.6 ? 'host' : chance < 0.85 ? 'program' : 'launcher'
    const targets = (await installation.processes()).filter((one) => one.kind === kind)
    const target = targets[Math.floor(roll() * targets.length)]
    if (target) killProcess(target)
  }
}

/** What was killed too often waits for a person: here is one. */
async function whenAllEnded(installation: Installation, accepted: readonly string[]) {
  const client = await installation.client()
  await until(
    'every task ends',
    async () => {
      for (const { id, status } of await patiently(() => client.workspaces.list()))
        if (status === 'failed') await patiently(() => client.workspaces.restart(id))
      const tasks = await Promise.all(accepted.map((id) => patiently(() => client.tasks.get(id))))
      return tasks.every(({ ended_at }) => ended_at !== null)
    },
    { everyMs: 500 },
  )
}

test(`${promise('R-05', 'R-06')} servers, hosts, launchers and programs killed at random (CRASH_SEED=${seed}) break no promise`, async () => {
  const installation = await givenInstallation()

  const accepted = await whileKeptAlive(
    installation,
    () => ({}),
    async (kept) => {
      const { lead } = await smallOrganization(installation, { workers: 3, atOnce: 3 })
      const client = await patientClient(installation)
      const asking = Promise.all(requests.map((text) => askOnce(client, lead, text)))
      await killAtRandom(installation, kept)
      const ids = await asking
      await whenAllEnded(installation, ids)
      return ids
    },
  )

  expect(new Set(accepted).size).toBe(requests.length)
  await expectPromisesKept(installation, accepted)
})
