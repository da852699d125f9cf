import type { SecretValues } from '@molecule/contract/secret'

import { dbNow } from '../../db/dialect/dialect.ts'
import type { Db, WorkspaceRow } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { DomainError, fenced } from '../error.ts'
import { revokeOfIncarnation } from '../identity/credential-store.ts'
import type { PrincipalOf } from '../identity/principal.ts'
import { hostsWorkspace } from '../task/task-lease.ts'
import { workspaceById } from '../workspace/workspace-store.ts'
import { checkMaster, opener, type Vault } from './data-key.ts'
import { reachOf } from './reach.ts'
import { secretsFor } from './secret-store.ts'

/** Every secret that a workspace gets, by name. One that cannot be read fails all: half of them would be worse than none. */
async function valuesOf({ db, cipher }: Vault, workspace: WorkspaceRow): Promise<SecretValues> {
  const rows = reachOf(await secretsFor(db, workspace), workspace).map(({ row }) => row)
  for (const { masterId } of rows) checkMaster(cipher, masterId)
  const open = opener(cipher)
  const opened = rows.map((row) => [row.name, open(row)] as const)
  const failed = opened.filter(([, value]) => value === undefined).map(([name]) => name)
  if (failed.length > 0) throw unreadable(failed)
  return Object.fromEntries(opened) as SecretValues
}

/** One secret of a workspace, for a call to its agent; nothing when there is none of that name. */
export async function secretOf(
  vault: Vault,
  workspace: WorkspaceRow,
  name: string,
): Promise<string | undefined> {
  return (await valuesOf(vault, workspace))[name]
}

/** For a program of the workspace itself. One of an earlier start gets nothing. */
export async function ownValues(
  vault: Vault,
  { workspaceId, incarnation }: PrincipalOf<'workspace'>,
): Promise<SecretValues> {
  if (incarnation !== null) await hostsWorkspace(vault.db, { workspaceId, incarnation })
  const workspace = await workspaceById(vault.db, workspaceId)
  if (!workspace) throw fenced('this workspace does not exist any more')
  return valuesOf(vault, workspace)
}

/** For the host of the present start. It is the first call with its token, which ends the boot credential. */
export async function hostValues(vault: Vault, host: PrincipalOf<'host'>): Promise<SecretValues> {
  const { db } = vault
  await hostsWorkspace(db, host)
  await endBoot(db, host)
  const workspace = await workspaceById(db, host.workspaceId)
  if (!workspace) throw fenced('this workspace does not exist any more')
  return valuesOf(vault, workspace)
}

/** Writes only where there is one to end: a host may ask often. */
async function endBoot(db: Db, { workspaceId, incarnation }: PrincipalOf<'host'>): Promise<void> {
  const boot = await db
    .selectFrom('credentials')
    .select('id')
    .where('workspaceId', '=', workspaceId)
    .where('revokedAt', 'is', null)
    .where('kind', '=', 'boot')
    .limit(1)
    .executeTakeFirst()
  if (!boot) return
  await transact(db, async (tx) => {
    const ended = { workspaceId, incarnation, kinds: ['boot' as const] }
    await revokeOfIncarnation(tx, ended, await dbNow(tx))
  })
}

const unreadable = (names: string[]) =>
  new DomainError('secrets_unreadable', `${names.join(', ')} cannot be decrypted`, {
    hint: `Save ${names.length === 1 ? 'it' : 'them'} again: molecule secret set <name>.`,
    extra: { failed_keys: names },
  })
