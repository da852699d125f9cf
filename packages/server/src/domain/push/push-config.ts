import type { TaskId } from '@molecule/contract/id'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, PushConfigRow, TaskRow, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError } from '../error.ts'
import { presentKey, type Vault } from '../secret/data-key.ts'
import type { SecretCipher } from '../secret/secret-cipher.ts'

/** What is proven to the receiver: a token it gave us, and credentials of a scheme it names. */
export type PushSecret = { token: string; scheme: string; credentials: string }
export type PushConfig = { id: string; url: string; protocol: '1.0' | '0.3' } & PushSecret

const MAX_PER_TASK = 20

const placeOf = ({
  orgId,
  workspaceId,
  taskId,
  id,
}: Pick<PushConfigRow, 'orgId' | 'workspaceId' | 'taskId' | 'id'>) => ({
  orgId,
  workspaceId,
  name: `push:${taskId}:${id}`,
})

/** Stores whom to tell of a task from now on; one of the same id is replaced. */
export async function savePushConfig(
  { db, cipher }: Vault,
  task: TaskRow,
  config: PushConfig,
): Promise<void> {
  await transact(db, async (tx) => {
    await lockRow(tx, 'tasks', task.id)
    const others = (await pushConfigs(tx, task.id)).filter(({ id }) => id !== config.id)
    if (others.length >= MAX_PER_TASK)
      throw new DomainError('limit_reached', `a task tells at most ${MAX_PER_TASK} receivers`, {
        hint: 'Delete a push configuration of this task first.',
      })
    await removeIn(tx, task.id, config.id)
    const now = await dbNow(tx)
    const place = { orgId: task.orgId, workspaceId: task.calleeId, taskId: task.id, id: config.id }
    await tx
      .insertInto('pushConfigs')
      .values({
        ...place,
        ...(await sealed(tx, cipher, place, config)),
        url: config.url,
        protocol: config.protocol,
        toldRev: task.rev,
        attempts: 0,
        nextAttemptAt: now,
        givenUp: 0,
        createdAt: now,
      })
      .execute()
  })
}

async function sealed(
  tx: Tx,
  cipher: SecretCipher,
  place: Parameters<typeof placeOf>[0],
  { token, scheme, credentials }: PushSecret,
) {
  if (token === '' && credentials === '') return { ciphertext: null, keyVersion: null }
  const key = await presentKey(tx, cipher)
  const secret: PushSecret = { token, scheme, credentials }
  return {
    ciphertext: key.seal(placeOf(place), JSON.stringify(secret)),
    keyVersion: key.version,
  }
}

const noSecret: PushSecret = { token: '', scheme: '', credentials: '' }

/** Throws when it was changed by somebody else than us, or its key is gone. */
export async function openPushSecret(
  { db, cipher }: Vault,
  row: PushConfigRow,
): Promise<PushSecret> {
  if (row.ciphertext === null || row.keyVersion === null) return noSecret
  const key = await db
    .selectFrom('secretKeys')
    .selectAll()
    .where('version', '=', row.keyVersion)
    .executeTakeFirstOrThrow()
  return JSON.parse(cipher.unwrap(key).open(placeOf(row), row.ciphertext)) as PushSecret
}

export async function pushConfigs(db: Db | Tx, taskId: TaskId): Promise<PushConfigRow[]> {
  return db
    .selectFrom('pushConfigs')
    .selectAll()
    .where('taskId', '=', taskId)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
}

/** Deleting what is not there changes nothing. */
export async function removePushConfig(db: Db, taskId: TaskId, id: string): Promise<void> {
  await transact(db, (tx) => removeIn(tx, taskId, id))
}

async function removeIn(tx: Tx, taskId: TaskId, id: string): Promise<void> {
  await tx.deleteFrom('pushConfigs').where('taskId', '=', taskId).where('id', '=', id).execute()
}
