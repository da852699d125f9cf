import {
  type DeletedSecret,
  MAX_SECRETS,
  type SavedSecret,
  type SaveSecret,
} from '@molecule/contract/secret'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { Db, Tx, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { audit, type Deed } from '../audit/audit.ts'
import { DomainError, notFound } from '../error.ts'
import { recordWorkspace } from '../event/record.ts'
import { actorOf, type Principal } from '../identity/principal.ts'
import { lockLive } from '../workspace/lock-live.ts'
import { opener, presentKey, type Vault } from './data-key.ts'
import { dependentsOf, dependentToWire, markOutdated, outdated } from './dependents.ts'
import type { DataKey, SecretPlace } from './secret-cipher.ts'
import {
  countSecrets,
  deleteSecret,
  findSecret,
  insertSecret,
  type SealedSecret,
  updateSecret,
} from './secret-store.ts'

/** The id of a workspace, or null for the whole org. */
export type SecretScope = string | null

/** Stores a value and writes who runs with an older one. The same value again changes nothing. */
export async function saveSecret(
  { db, cipher }: Vault,
  principal: Principal,
  scope: SecretScope,
  { key, value }: SaveSecret,
): Promise<SavedSecret> {
  return transact(db, async (tx) => {
    const place = await lockPlace(tx, principal, scope, key)
    const before = await findSecret(tx, place)
    if (before && opener(cipher)(before) === value) {
      const dependents = await dependentsOf(tx, place)
      return { status: 'saved', key, changed: false, needs_restart: outdated(dependents) }
    }
    const dataKey = await presentKey(tx, cipher)
    await write(tx, principal, { place, before, dataKey, value })
    const dependents = await tell(tx, principal, place, {
      action: 'secret.save',
      before: before ? { key_version: before.keyVersion } : null,
      after: { key_version: dataKey.version },
    })
    return { status: 'saved', key, changed: true, needs_restart: outdated(dependents) }
  })
}

export async function removeSecret(
  { db }: Pick<Vault, 'db'>,
  principal: Principal,
  scope: SecretScope,
  key: string,
): Promise<DeletedSecret> {
  return transact(db, async (tx) => {
    const place = await lockPlace(tx, principal, scope, key)
    const before = await findSecret(tx, place)
    if (!before) throw notFound('secret', key)
    await deleteSecret(tx, before.id)
    const dependents = await tell(tx, principal, place, {
      action: 'secret.delete',
      before: { key_version: before.keyVersion },
      after: null,
    })
    return { status: 'deleted', key, needs_restart: outdated(dependents) }
  })
}

/** Who gets a global secret. */
export async function dependentsOfGlobal(db: Db, { orgId }: Principal, key: string) {
  const place = { orgId, workspaceId: null, name: key }
  if (!(await findSecret(db, place))) throw notFound('secret', key)
  const dependents = await dependentsOf(db, place)
  return { key, dependents: dependents.map(dependentToWire) }
}

/** One writer of secrets at a time, and no workspace comes or goes meanwhile: the org is locked. */
async function lockPlace(
  tx: Tx,
  principal: Principal,
  scope: SecretScope,
  name: string,
): Promise<SecretPlace> {
  const { orgId } = principal
  await lockRow(tx, 'orgs', orgId)
  const workspaceId = scope === null ? null : (await lockLive(tx, principal, scope)).id
  return { orgId, workspaceId, name }
}

/** What a workspace is made with, in the transaction that makes it: nobody has an older value. */
export async function storeFirst(
  tx: Tx,
  cipher: Vault['cipher'],
  principal: Principal,
  { row: { orgId, id: workspaceId }, secrets }: { row: WorkspaceRow; secrets: Secrets },
): Promise<void> {
  const entries = Object.entries(secrets)
  if (entries.length === 0) return
  const dataKey = await presentKey(tx, cipher)
  for (const [name, value] of entries) {
    const place = { orgId, workspaceId, name }
    await write(tx, principal, { place, before: undefined, dataKey, value })
    await audit(tx, principal, {
      ...{ action: 'secret.save', entity: 'secret', entityId: entityIdOf(place) },
      ...{ before: null, after: { key_version: dataKey.version } },
    })
  }
}

type Secrets = Readonly<Record<string, string>>

type Writing = {
  place: SecretPlace
  before: SealedSecret | undefined
  dataKey: DataKey
  value: string
}

async function write(tx: Tx, principal: Principal, { place, before, dataKey, value }: Writing) {
  const now = await dbNow(tx)
  const sealed = { ciphertext: dataKey.seal(place, value), keyVersion: dataKey.version }
  if (before) return updateSecret(tx, before.id, { ...sealed, updatedAt: now })
  if ((await countSecrets(tx, place)) >= MAX_SECRETS) throw tooMany(place)
  await insertSecret(tx, { ...place, ...sealed, createdBy: actorOf(principal), createdAt: now })
}

/** Marks whom a change concerns, and writes it to the audit log and the feed; never the value. */
async function tell(
  tx: Tx,
  principal: Principal,
  place: SecretPlace,
  deed: Pick<Deed, 'action' | 'before' | 'after'>,
): Promise<WorkspaceRow[]> {
  const changed = await markOutdated(tx, await dependentsOf(tx, place))
  await audit(tx, principal, { ...deed, entity: 'secret', entityId: entityIdOf(place) })
  for (const row of changed)
    await recordWorkspace(tx, 'WORKSPACE_UPDATED', row, { actor: actorOf(principal) })
  return changed
}

const entityIdOf = ({ workspaceId, name }: SecretPlace) => `${workspaceId ?? 'global'}/${name}`

const tooMany = ({ workspaceId }: SecretPlace) =>
  new DomainError(
    'limit_reached',
    `there are ${MAX_SECRETS} secrets in this ${workspaceId === null ? 'org' : 'workspace'} already`,
    { hint: 'Delete some that nobody needs, or put several values into one.' },
  )
