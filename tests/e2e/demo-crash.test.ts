import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectPromisesKept } from './harness/assert-kept.ts'
import { demoOptions, demoReport, demoTasks } from './harness/demo.ts'
import { givenInstallation } from './harness/given-installation.ts'
import { killProcess } from './harness/marked-processes.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const specialists = 4

async function givenDemo() {
  const installation = await givenInstallation()
  const gate = join(installation.folder, 'gate')
  const options = await demoOptions(installation, { gate })
  const server = await installation.start(options)
  const client = await installation.client()
  /** A live program of every specialist: the work is in full swing. */
  const inFullSwing = () =>
    until('every specialist works', async () => {
      const programs = (await installation.processes()).filter(({ kind }) => kind === 'program')
      return new Set(programs.map(({ workspaceId }) => workspaceId)).size > specialists
    })
  const finish = async () => {
    await writeFile(gate, '')
    return demoReport(client)
  }
  return { installation, options, server, client, inFullSwing, finish }
}

test(`${promise('R-01', 'R-15')} a demo whose server is killed goes on where it was when the server starts again`, async () => {
  const { installation, options, server, client, inFullSwing, finish } = await givenDemo()
  await inFullSwing()
  const before = await demoTasks(client)

  await server.kill()
  const second = await installation.start(options)
  const report = await finish()

  expect(report).toContain('# Review of')
  expect(second.output()).toContain('The demo goes on where it was.')
  expect((await demoTasks(client)).map(({ id }) => id).sort()).toEqual(
    before.map(({ id }) => id).sort(),
  )
  await expectPromisesKept(
    installation,
    before.map(({ id }) => id),
  )
})

test(`${promise('R-02', 'R-15')} a demo ends well though the agent host of every role is killed at its work`, async () => {
  const { installation, client, inFullSwing, finish } = await givenDemo()
  await inFullSwing()
  const before = await demoTasks(client)

  for (const host of await installation.hosts()) expect(killProcess(host)).toBe(true)
  const report = await finish()

  expect(report).toContain('# Review of')
  const tasks = await demoTasks(client)
  expect(tasks.map(({ id, attempt }) => ({ id, isRepeated: attempt > 1 }))).toEqual(
    tasks.map(({ id }) => ({ id, isRepeated: true })),
  )
  await expectPromisesKept(
    installation,
    before.map(({ id }) => id),
  )
})
