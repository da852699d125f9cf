import { MoleculeError } from '@molecule/sdk'
import { type HostClient, hostClient } from '@molecule/sdk/host'
import { expect, test } from 'vitest'
import { givenHosted } from '../testing/given-credential.ts'
import { type TestServer, testServer } from '../testing/test-server.ts'

const keyA = 'a'.repeat(32)
const keyB = 'b'.repeat(32)

const HOSTS = 200
const WORKSPACES = 20
const GLOBALS = 35

/** Hosts of many workspaces, each with the values it must get. */
async function givenHosts(server: TestServer) {
  const { secrets } = server.client
  const names = Array.from({ length: GLOBALS }, (_, n) => `GLOBAL_${n + 100}`)
  for (const key of names) await secrets.global.save({ key, value: `value of ${key}` })
  const global = Object.fromEntries(names.map((name) => [name, `value of ${name}`]))
  const workspaces: { client: HostClient; expected: Record<string, string> }[] = []
  for (let n = 0; n < WORKSPACES; n++) {
    const { id, host } = await givenHosted(server, { name: `worker ${n}` })
    await secrets.workspace.save(id, { key: 'OWN', value: id })
    workspaces.push({
      client: hostClient({ baseUrl: server.url, token: host }),
      expected: { ...global, OWN: id },
    })
  }
  return Array.from({ length: HOSTS / WORKSPACES }, () => workspaces).flat()
}

type Hosts = Awaited<ReturnType<typeof givenHosts>>

/** All fetch at once, over and over until the work is done, and once more; answers everything that was not whole. */
async function fetchDuring<T>(hosts: Hosts, work: Promise<T>) {
  let isOver = false
  const over = work.finally(() => {
    isOver = true
  })
  const wrong: unknown[] = []
  const round = () =>
    Promise.all(
      hosts.map(async ({ client, expected }) => {
        const found = await client.secrets().catch((error: unknown) => error)
        if (JSON.stringify(found) !== JSON.stringify(expected)) wrong.push(found)
      }),
    )
  while (!isOver) await round()
  await round()
  return { result: await over, wrong }
}

const isDown = (found: unknown) => found instanceof MoleculeError && found.status === 0

test('CM-75: 200 hosts that fetch meanwhile lose nothing to two rotations and a change of the master key', {
  timeout: 180_000,
}, async () => {
  const first = await testServer({ env: { SECRETS_ENCRYPTION_KEY: keyA } })
  const hosts = await givenHosts(first)
  const rotate = ({ client }: TestServer) => client.secrets.rotateKey({ timeoutMs: 150_000 })

  const rotated = [await fetchDuring(hosts, rotate(first)), await fetchDuring(hosts, rotate(first))]
  const changed = await fetchDuring(
    hosts,
    first.close().then(() =>
      testServer({
        after: first,
        env: { SECRETS_ENCRYPTION_KEY: keyB, SECRETS_ENCRYPTION_KEY_PREVIOUS: keyA },
      }),
    ),
  )
  const second = changed.result
  rotated.push(await fetchDuring(hosts, rotate(second)))

  expect(rotated.flatMap(({ wrong }) => wrong)).toEqual([])
  expect(changed.wrong.filter((each) => !isDown(each))).toEqual([])
  expect(rotated.map(({ result }) => result)).toEqual(
    [2, 3, 4].map((version) => ({ version, reencrypted: WORKSPACES + GLOBALS, failed_keys: [] })),
  )
  const keys = await second.db.selectFrom('secretKeys').selectAll().orderBy('version').execute()
  const used = await second.db.selectFrom('secrets').select('keyVersion').distinct().execute()
  expect(keys.map((key) => [key.version, key.retiredAt !== null])).toEqual([
    [1, true],
    [2, true],
    [3, true],
    [4, false],
  ])
  expect(used).toEqual([{ keyVersion: 4 }])
  expect(keys.at(-1)?.masterId).toBe(second.services.cipher.masterId)
  expect(second.services.cipher.masterId).not.toBe(first.services.cipher.masterId)
})
