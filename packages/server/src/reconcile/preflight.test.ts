import { expect, test } from 'vitest'
import { aesCipher } from '../adapter/cipher/aes-cipher.ts'
import { masterKey, newMasterKey } from '../adapter/cipher/master-key.ts'
import { saveSecret } from '../domain/secret/secret-service.ts'
import { patchWorkspace } from '../domain/workspace/workspace-patch.ts'
import { createWorkspace } from '../domain/workspace/workspace-service.ts'
import { givenWorkspace } from '../testing/given.ts'
import { givenController, rowOf } from '../testing/given-controller.ts'

const needing = (required_env: unknown[], env: Record<string, string> = {}) => ({
  runtime_config: { command: 'cat', env, required_env },
})

async function given() {
  const world = await givenController()
  const master = masterKey(newMasterKey()) ?? expect.fail('no key')
  const vault = { db: world.db, cipher: aesCipher({ master }) }
  const save = (scope: string | null, key: string) =>
    saveSecret(vault, world.org.admin, scope, { key, value: 'a value' })
  return { ...world, save }
}

test('LC-21: what a start would lack is named before a backend is asked for anything', async () => {
  const world = await given()
  const { id } = await givenWorkspace(world.db, world.org, needing(['API_KEY', ['ONE', 'OTHER']]))

  await world.rounds(3)

  expect(await rowOf(world, id)).toMatchObject({
    status: 'failed',
    nextStartAt: null,
    failureReason: {
      code: 'missing_env',
      detail: expect.stringContaining('API_KEY, ONE or OTHER'),
      hint: expect.stringContaining('molecule secret set API_KEY'),
    },
  })
  expect(world.backend.started(id)).toEqual([])
  const failed = await world.db
    .selectFrom('events')
    .select('payload')
    .where('event', '=', 'WORKSPACE_PROVISION_FAILED')
    .execute()
  expect(failed.map(({ payload }) => payload)).toMatchObject([
    { missing: ['API_KEY', 'ONE or OTHER'], error: expect.stringContaining('API_KEY') },
  ])
})

test('it starts by itself once the last missing secret is saved, wherever it is saved', async () => {
  const world = await given()
  const { id } = await givenWorkspace(world.db, world.org, needing(['GLOBAL_KEY', 'OWN_KEY']))
  await world.rounds(2)

  await world.save(null, 'GLOBAL_KEY')
  await world.rounds(2)
  const half = await rowOf(world, id)
  await world.save(id, 'OWN_KEY')
  await world.rounds(2)

  expect(half).toMatchObject({
    failureReason: { detail: expect.stringContaining('needs OWN_KEY,') },
  })
  expect(await rowOf(world, id)).toMatchObject({
    status: 'provisioning',
    provisionPhase: 'connect',
  })
})

test('one of several alternatives is enough, and the configuration counts as well as a secret', async () => {
  const world = await given()
  const config = needing([['FIRST', 'SECOND'], 'SET'], { SECOND: 'x', SET: 'y' })
  const { id } = await givenWorkspace(world.db, world.org, config)

  await world.rounds(2)

  expect(world.backend.started(id)).toEqual([1])
})

test('a configuration that needs nothing more starts a workspace that lacked something', async () => {
  const world = await given()
  const { id } = await givenWorkspace(world.db, world.org, needing(['API_KEY']))
  await world.rounds(2)

  await patchWorkspace(world.db, world.org.admin, id, needing([]))
  await world.rounds(2)

  expect(await rowOf(world, id)).toMatchObject({
    status: 'provisioning',
    provisionPhase: 'connect',
  })
})

test('a name that no variable can have is refused when it is written', async () => {
  const { db, org } = await given()

  const refused = createWorkspace(db, org.admin, { name: 'x', ...needing(['not a name']) })

  await expect(refused).rejects.toMatchObject({
    code: 'invalid',
    fields: [{ path: expect.stringContaining('runtime_config.required_env') }],
  })
})
