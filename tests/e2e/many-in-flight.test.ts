import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectPromisesKept } from './harness/assert-kept.ts'
import { givenInstallation } from './harness/given-installation.ts'
import { killProcess } from './harness/marked-processes.ts'
import { askOnce, smallOrganization, whenEnded } from './harness/small-organization.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const requests = ['one', 'two', 'three', 'four', 'five']
const workers = 4
/** One for each request and worker, and one of the lead for each request. */
const inFlight = requests.length * workers + requests.length

async function givenManyInFlight() {
  const installation = await givenInstallation()
  const gate = join(installation.folder, 'gate')
  const server = await installation.start()
  const client = await installation.client()
  const { lead } = await smallOrganization(installation, { workers, atOnce: 5, gate })
  const accepted = await Promise.all(requests.map((text) => askOnce(client, lead, text)))
  await until('all work', async () => {
    const programs = (await installation.processes()).filter(({ kind }) => kind === 'program')
    return new Set(programs.map(({ taskId }) => taskId)).size === inFlight
  })
  const killHosts = async () => {
    const killed = (await installation.hosts()).filter(killProcess)
    expect(killed).toHaveLength(workers + 1)
  }
  const allEnd = async () => {
    await writeFile(gate, '')
    const tasks = await Promise.all(accepted.map((id) => whenEnded(client, id)))
    expect(tasks.map(({ status }) => status)).toEqual(requests.map(() => 'completed'))
    await expectPromisesKept(installation, accepted)
  }
  return { installation, server, killHosts, allEnd }
}

test(`${promise('R-03')} 25 tasks in flight outlive the server`, async () => {
  const { installation, server, allEnd } = await givenManyInFlight()

  await server.kill()
  await installation.start()

  await allEnd()
})

test('25 tasks in flight outlive every agent host', async () => {
  const { killHosts, allEnd } = await givenManyInFlight()

  await killHosts()

  await allEnd()
})

test('25 tasks in flight outlive the server and every agent host at once', async () => {
  const { installation, server, killHosts, allEnd } = await givenManyInFlight()

  await server.kill()
  await killHosts()
  await installation.start()

  await allEnd()
})
