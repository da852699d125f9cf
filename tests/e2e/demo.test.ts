import { mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  buildCleanRepository,
  buildFlawedRepository,
  plantedFlaws,
} from '../../examples/repository-review/fixture.ts'
import { demoReport, demoTasks } from './harness/demo.ts'
import { givenInstallation } from './harness/given-installation.ts'
import type { Installation, ServerOptions } from './harness/installation.ts'
import { programPaths } from './harness/program-paths.ts'
import { runCli } from './harness/run-cli.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const demoMs = 120_000

/** The demo reviews what `build` makes; resolves when it has told its report in the terminal. */
async function givenDemo(build: (folder: string) => void, options: ServerOptions = {}) {
  const installation = await givenInstallation()
  const repository = join(installation.folder, 'shop')
  await mkdir(repository)
  build(repository)
  const server = await installation.start({ ...options, args: ['--repository', repository] })
  await until('the report is told', () => server.output().includes('The whole report: '), {
    timeoutMs: demoMs,
  })
  const client = await installation.client()
  return { installation, server, client, repository, report: await demoReport(client) }
}

/** `rule file:line` of every finding. */
const findingsIn = (report: string) =>
  [...report.matchAll(/^- `([^`]+:\d+)`.*\(`([^`]+)`\)$/gm)].map(([, at, rule]) => `${rule} ${at}`)

const expected = (flaws: typeof plantedFlaws) =>
  flaws.map(({ rule, file, line }) => `${rule} ${file}:${line}`).sort()

/** Every program of this machine but git. */
async function pathWithoutGit({ folder }: Installation): Promise<string> {
  const bin = join(folder, 'bin')
  await mkdir(bin)
  for (const name of await readdir('/usr/bin'))
    if (!name.startsWith('git') && name !== 'node')
      await symlink(`/usr/bin/${name}`, join(bin, name))
  await symlink(programPaths.node, join(bin, 'node'))
  return bin
}

test(`${promise('R-10', 'R-14', 'R-15', 'R-16', 'R-17')} the demo finds all twelve planted flaws, a killed worker included, and outlives its server until it is told to end`, async () => {
  const { installation, server, client, repository, report } =
    await givenDemo(buildFlawedRepository)

  expect(plantedFlaws).toHaveLength(12)
  expect(findingsIn(report).sort()).toEqual(expected(plantedFlaws))
  const told = server.output()
  expect(told).toContain(`The demo organization reviews ${repository}.`)
  expect(told).toContain('| all | 12 |')
  expect(told).toContain('History was interrupted: attempt 2 of 3')
  expect(told).toContain('History is online again (start 2)')
  expect(told).not.toMatch(/"level":|undefined|null/)
  const workspaces = await client.workspaces.list()
  const history = workspaces.find(({ name }) => name === 'History')
  const tasks = await demoTasks(client)
  const killed = tasks.find(({ callee_id }) => callee_id === history?.id)
  expect((await client.tasks.get(killed?.id ?? '')).attempts).toMatchObject([
    { no: 1, incarnation: 1, outcome: 'lost' },
    { no: 2, incarnation: 2, outcome: 'completed' },
  ])
  expect(tasks.filter(({ attempt }) => attempt > 1)).toHaveLength(1)

  const before = await installation.hosts()
  expect(await server.interrupt()).toEqual({ code: 0, signal: null })
  expect(server.output()).toContain(
    'The server has stopped. 5 agents keep running and wait for it for up to 24 h; stop them with: npx molecule down',
  )
  expect(await installation.hosts()).toEqual(before)
  expect(before).toHaveLength(5)

  const later = await installation.start({ args: ['--repository', repository] })
  await until('all are online again', async () => {
    const now = await client.workspaces.list()
    return now.every(({ status }) => status === 'online')
  })
  const asked = await runCli(installation, ['ask', 'Dependencies', `Review ${repository}`])
  expect(asked.code).toBe(0)
  expect(await installation.hosts()).toEqual(before)
  expect(later.output()).not.toContain('demo')
  expect(await demoTasks(client)).toHaveLength(tasks.length + 1)

  expect(await runCli(installation, ['down'])).toMatchObject({
    code: 0,
    stdout: 'Stopped 5 agents and the server.\n',
  })
  expect(await installation.processes()).toEqual([])
  expect(later.isAlive()).toBe(false)
})

test(`${promise('R-14')} a well-kept repository gives no finding`, async () => {
  const { server, report } = await givenDemo(buildCleanRepository)

  expect(findingsIn(report)).toEqual([])
  expect(report).toContain('No findings.')
  expect(server.output()).toContain('No findings.')
})

test(`${promise('R-14')} without the git program the files alone are reviewed, and the report says so`, async () => {
  const helper = await givenInstallation()
  const PATH = await pathWithoutGit(helper)
  const { report } = await givenDemo(buildFlawedRepository, { env: { PATH } })

  expect(findingsIn(report).sort()).toEqual(expected(plantedFlaws.filter((one) => !one.needsGit)))
  expect(report).toContain(
    'The git program is not installed: the files were reviewed, the history was not.',
  )
})

test(`${promise('R-15', 'R-17')} a demo that Ctrl-C stopped goes on at the next start, with everybody under their names`, async () => {
  const installation = await givenInstallation()
  const repository = join(installation.folder, 'shop')
  await mkdir(repository)
  buildFlawedRepository(repository)
  const args = ['--repository', repository]
  const first = await installation.start({ args })
  await until('the work is handed out', () => first.output().includes('Review lead → History'), {
    timeoutMs: demoMs,
  })

  expect(await first.interrupt()).toEqual({ code: 0, signal: null })
  expect(first.output()).toMatch(/The server has stopped\. \d agents? keeps? running/)
  const second = await installation.start({ args })
  await until('the report is told', () => second.output().includes('The whole report: '), {
    timeoutMs: demoMs,
  })

  expect(second.output()).toContain('The demo goes on where it was.')
  expect(second.output()).toMatch(/^ +[\d.]+ s {2}Review lead is done$/m)
  expect(second.output()).not.toMatch(/ s {2}[0-9a-f]{8} /)
  expect(findingsIn(await demoReport(await installation.client()))).toHaveLength(12)
})
