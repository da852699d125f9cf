import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Secret } from '../lib/secret.ts'
import { testDb } from '../testing/test-db.ts'
import { openAdminCredential } from './admin-credential.ts'
import { openInstallation } from './installation.ts'

async function givenFolder() {
  const dataDir = await mkdtemp(join(tmpdir(), 'installation-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  return dataDir
}

test('an installation is the same at every start', async () => {
  const [db, dataDir] = [await testDb(), await givenFolder()]

  const first = await openInstallation(db, { dataDir, orgId: undefined })

  expect(await openInstallation(db, { dataDir, orgId: undefined })).toEqual(first)
  expect(await openInstallation(db, { dataDir, orgId: first.orgId })).toEqual(first)
})

test('two data folders of one database are two nodes of one installation', async () => {
  const db = await testDb()

  const one = await openInstallation(db, { dataDir: await givenFolder(), orgId: undefined })
  const other = await openInstallation(db, { dataDir: await givenFolder(), orgId: undefined })

  expect(other).toMatchObject({ installId: one.installId, orgId: one.orgId })
  expect(other.nodeId).not.toBe(one.nodeId)
})

test('a data folder of another database stops the start, and the database stays without an identity', async () => {
  const dataDir = await givenFolder()
  await openInstallation(await testDb(), { dataDir, orgId: undefined })
  const other = await testDb()

  await expect(openInstallation(other, { dataDir, orgId: undefined })).rejects.toMatchObject({
    message: `The data folder ${dataDir} belongs to another database than the one configured.`,
    hint: expect.stringContaining('DATABASE_URL'),
  })
  expect(await other.selectFrom('meta').selectAll().execute()).toEqual([])
})

test('another organization than the one of the database stops the start', async () => {
  const [db, dataDir] = [await testDb(), await givenFolder()]
  const { orgId } = await openInstallation(db, { dataDir, orgId: undefined })
  const wanted = crypto.randomUUID()

  await expect(openInstallation(db, { dataDir, orgId: wanted })).rejects.toMatchObject({
    message: `MOLECULE_ORG_ID is ${wanted}, but this database belongs to ${orgId}.`,
  })
})

test('MOLECULE_ORG_ID names the organization of a new database', async () => {
  const orgId = crypto.randomUUID()
  const dataDir = await givenFolder()

  expect(await openInstallation(await testDb(), { dataDir, orgId })).toMatchObject({ orgId })
})

test.each(['', '{', '{"install_id": "x", "node_id": "y"}'])(
  'an installation.json that holds %j stops the start with its name',
  async (content) => {
    const [db, dataDir] = [await testDb(), await givenFolder()]
    await writeFile(join(dataDir, 'installation.json'), content)

    await expect(openInstallation(db, { dataDir, orgId: undefined })).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringContaining(join(dataDir, 'installation.json')),
    })
  },
)

const validAdmins = async (db: Awaited<ReturnType<typeof testDb>>) => {
  const rows = await db.selectFrom('credentials').selectAll().where('kind', '=', 'admin').execute()
  return rows.filter(({ revokedAt }) => revokedAt === null).length
}

test('the admin credential is made once, kept, and replaced by the one that is set', async () => {
  const [db, dataDir] = [await testDb(), await givenFolder()]
  const { orgId } = await openInstallation(db, { dataDir, orgId: undefined })
  const open = (given?: Secret) => openAdminCredential(db, { dataDir, orgId, given })
  const kept = async () => (await readFile(join(dataDir, 'admin-token'), 'utf8')).trim()

  await open()
  const made = await kept()
  await open()
  expect(await kept()).toBe(made)
  await open(new Secret('set-by-the-operator'))
  expect(await kept()).toBe('set-by-the-operator')
  await rm(join(dataDir, 'admin-token'))
  await open()

  expect(await kept()).not.toBe(made)
  expect(await validAdmins(db)).toBe(1)
})
