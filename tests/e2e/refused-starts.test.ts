import { once } from 'node:events'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { givenInstallation } from './harness/given-installation.ts'
import { refusedStart } from './harness/refused-start.ts'
import { refusingPostgres } from './harness/refusing-postgres.ts'
import { runCli } from './harness/run-cli.ts'
import { promise } from './requirements.ts'

const isThere = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  )

/** To root only the kernel says no. */
async function closedFolder(folder: string): Promise<string> {
  if (process.getuid?.() === 0) return '/sys/molecule'
  const closed = join(folder, 'closed')
  await mkdir(closed, { mode: 0o500 })
  return closed
}

test.each([
  ['HOST', '192.0.2.1', 'This machine has no address 192.0.2.1.', 'Set HOST to 127.0.0.1'],
  ['PORT', '99999', 'PORT is "99999"', 'a whole number from 0 to 65535. Left out, it is 8080.'],
  ['LOG_LEVEL', 'loud', 'LOG_LEVEL is "loud"', 'one of fatal, error, warn'],
  ['MOLECULE_BACKENDS', 'podman', 'MOLECULE_BACKENDS is "podman"', '`process`, `docker`'],
])('%s=%s is refused with what it may be', async (name, value, what, fix) => {
  const installation = await givenInstallation()

  const output = await refusedStart(installation, { env: { [name]: value } })

  expect(output).toContain(what)
  expect(output).toContain(fix)
})

test(`${promise('R-21')} a settings page that exists is named, all bad settings are told at once, secrets are not shown`, async () => {
  const installation = await givenInstallation()
  const env = { PORT: 'x', ADMIN_TOKEN: 'tiny', DATABASE_URL: 'mysql://root:hunter2@db/x' }

  const output = await refusedStart(installation, { env })

  expect(output).toContain('PORT is "x"')
  expect(output).toContain('ADMIN_TOKEN is not right; it must be 16 to 200')
  expect(output).toContain('DATABASE_URL is not right; it must be `sqlite:<file>` or `postgres://')
  expect(output).not.toMatch(/tiny|hunter2/)
  expect(output).toContain('docs/reference/settings.md')
  expect(await isThere('docs/reference/settings.md')).toBe(true)
  expect(await isThere(installation.dataDir)).toBe(false)
})

test(`${promise('R-21')} an option that does not exist is refused with the usage, from molecule up too`, async () => {
  const installation = await givenInstallation()

  const output = await refusedStart(installation, { args: ['--nodemo'] }, 2)
  const up = await runCli(installation, ['up', '--', '--nodemo'])

  expect(output).toContain("Unknown option '--nodemo'.")
  expect(output).toContain('--no-demo            start without the demo organization')
  expect(up).toMatchObject({ code: 2, stderr: output })
  expect(await isThere(installation.dataDir)).toBe(false)
})

test(`${promise('R-21')} a folder to review that does not exist is refused before anything is made`, async () => {
  const installation = await givenInstallation()

  const output = await refusedStart(installation, { args: ['--repository', '/no/such/folder'] })

  expect(output).toContain('The demo cannot review /no/such/folder: there is no such folder.')
  expect(await isThere(installation.dataDir)).toBe(false)
})

test(`${promise('R-21')} a taken port is named, with the command that takes another`, async () => {
  const installation = await givenInstallation()
  const other = createServer().listen(Number(new URL(installation.url).port), '127.0.0.1')
  await once(other, 'listening')
  onTestFinished(() => void other.close())
  const { port } = new URL(installation.url)

  const output = await refusedStart(installation)

  expect(output).toContain(`Port ${port} on 127.0.0.1 is taken by another program.`)
  expect(output).toContain(`choose another port: PORT=${Number(port) + 1} npm start`)
})

test(`${promise('R-21')} a file in the place of the data folder is left alone`, async () => {
  const installation = await givenInstallation()
  await writeFile(installation.dataDir, 'my notes')

  const output = await refusedStart(installation)

  expect(output).toContain(
    `The data folder ${installation.dataDir} cannot be used: there is a file of that name.`,
  )
  expect(output).toContain('MOLECULE_DATA_DIR')
  expect(await readFile(installation.dataDir, 'utf8')).toBe('my notes')
})

test(`${promise('R-21')} a data folder that this user may not write in is told and left alone`, async () => {
  const installation = await givenInstallation()
  const closed = await closedFolder(installation.folder)

  const output = await refusedStart(installation, { env: { MOLECULE_DATA_DIR: closed } })

  expect(output).toMatch(/cannot be used: (this user may not write there|the disk is read-only)\./)
  expect(output).toContain('MOLECULE_DATA_DIR')
})

test(`${promise('R-21', 'R-22')} a second server on a data folder is refused, and the first does not notice`, async () => {
  const installation = await givenInstallation()
  await installation.start()
  const client = await installation.client()

  const output = await refusedStart(installation, { env: { PORT: '0' } })

  expect(output).toContain(`Another server works on the data folder ${installation.dataDir}.`)
  expect(output).toContain('npx molecule down')
  expect(await client.health()).toMatchObject({ status: 'ok' })
})

test(`${promise('R-21', 'R-22')} a database of a newer program is left as it is`, async () => {
  const installation = await givenInstallation()
  await (await installation.start()).stop()
  const file = join(installation.dataDir, 'molecule.db')
  const database = new DatabaseSync(file)
  const columns = 'version, name, checksum, breaking, applied_at'
  database.exec(`insert into migrations (${columns}) values (9999, 'future', 'x', 1, 0)`)
  database.close()

  const output = await refusedStart(installation)

  expect(output).toMatch(/The database has version 9999, this program knows versions up to \d+\./)
  expect(output).toContain('Start the newer program that upgraded it, or restore a backup')
  const after = new DatabaseSync(file)
  after.exec('delete from migrations where version = 9999')
  after.close()
})

test(`${promise('R-21', 'R-22')} the data folder of another database is refused, so that no agent is taken for an orphan`, async () => {
  const installation = await givenInstallation()
  await (await installation.start()).stop()

  const output = await refusedStart(installation, {
    env: { DATABASE_URL: `sqlite:${installation.folder}/other.db` },
  })

  expect(output).toContain(
    `The data folder ${installation.dataDir} belongs to another database than the one configured.`,
  )
  expect(output).toContain('Set DATABASE_URL back to its own database')
  await (await installation.start()).stop()
})

test(`${promise('R-21')} a Postgres server that nobody runs is named without user and password`, async () => {
  const installation = await givenInstallation()

  const output = await refusedStart(installation, {
    env: { DATABASE_URL: 'postgres://molecule:hunter2@127.0.0.1:1/molecule' },
  })

  expect(output).toContain('The database server 127.0.0.1:1/molecule cannot be reached')
  expect(output).not.toContain('hunter2')
})

test(`${promise('R-21')} a wrong password for Postgres is told without showing it`, async () => {
  const installation = await givenInstallation()
  const port = await refusingPostgres()

  const output = await refusedStart(installation, {
    env: { DATABASE_URL: `postgres://molecule:hunter2@127.0.0.1:${port}/molecule` },
  })

  expect(output).toMatch(/password/)
  expect(output).toContain(`127.0.0.1:${port}/molecule`)
  expect(output).not.toContain('hunter2')
})

test(`${promise('R-21')} a database address that has no sense is refused with one that has`, async () => {
  const installation = await givenInstallation()

  const output = await refusedStart(installation, {
    env: { DATABASE_URL: 'postgres://molecule:p#ss@word@/:x' },
  })

  expect(output).toContain('Write sqlite:./data/molecule.db or postgres://user:password@host:5432')
  expect(output).not.toContain('p#ss')
})
