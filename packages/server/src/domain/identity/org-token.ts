import type { CreateOrgToken, Right } from '@molecule/contract/identity'
import type { z } from 'zod'
import { dbNow, lockRow } from '../../db/dialect/dialect.ts'
import type { CredentialRow, Db, Tx } from '../../db/tables.ts'
import { transact } from '../../db/transact.ts'
import { audit } from '../audit/audit.ts'
import { DomainError, notFound } from '../error.ts'
import { insertCredential } from './credential-store.ts'
import { checkMayGrant } from './grant.ts'
import { actorOf, type Principal, scopeOf } from './principal.ts'
import {
  countMintedBy,
  findOrgToken,
  listOrgTokens,
  MAX_ORG_TOKENS,
  replaceTokens,
  revokeLive,
} from './token-store.ts'
import type { MintedToken } from './workspace-token.ts'

/** A leaked credential must not become many: so many tokens one minter may make in an hour. */
const MINTS_PER_HOUR = 10
const HOUR_MS = 60 * 60 * 1000

export async function createOrgToken(
  db: Db,
  principal: Principal,
  { name, scopes, expires_in_s }: z.output<typeof CreateOrgToken>,
): Promise<MintedToken> {
  return transact(db, async (tx) => {
    const now = await lockOrg(tx, principal)
    const ttlMs = expires_in_s * 1000
    const minted = await mint(tx, principal, { name: name ?? null, scopes, ttlMs, now })
    await auditToken(tx, principal, 'create', { row: minted, after: told(minted) })
    return minted
  })
}

/** The same name, scopes and lifetime under a new token. */
export async function rotateOrgToken(
  db: Db,
  principal: Principal,
  { id, overlapS }: { id: string; overlapS: number },
): Promise<MintedToken> {
  return transact(db, async (tx) => {
    const now = await lockOrg(tx, principal)
    const old = await findOrgToken(tx, scopeOf(principal), id)
    if (old?.replacedBy) throw rotatedBefore(old)
    if (!old || isOver(old, now)) throw notFound('org token', id)
    const { name, createdAt, expiresAt } = old
    const minted = await mint(tx, principal, {
      name,
      scopes: old.scopes ?? [],
      ...(expiresAt === null ? {} : { ttlMs: expiresAt - createdAt }),
      now,
    })
    await replaceTokens(tx, [id], { by: minted.id, now, overlapMs: overlapS * 1000 })
    await auditToken(tx, principal, 'rotate', {
      row: minted,
      before: { id, prefix: old.prefix },
      after: { ...told(minted), overlap_s: overlapS },
    })
    return minted
  })
}

export async function revokeOrgToken(db: Db, principal: Principal, id: string): Promise<void> {
  await transact(db, async (tx) => {
    await lockOrg(tx, principal)
    const revoked = await revokeLive(tx, scopeOf(principal), { kind: 'org_token', id })
    if (!revoked) throw notFound('org token', id)
    await auditToken(tx, principal, 'revoke', { row: revoked, before: told(revoked) })
  })
}

/** One change at a time, so that counts hold and a revoked token is not rotated; answers the time. */
async function lockOrg(tx: Tx, { orgId }: Principal): Promise<number> {
  await lockRow(tx, 'orgs', orgId)
  return dbNow(tx)
}

type Wanted = { name: string | null; scopes: Right[]; ttlMs?: number; now: number }

async function mint(tx: Tx, principal: Principal, wanted: Wanted): Promise<MintedToken> {
  checkMayGrant(principal, wanted.scopes)
  const scope = scopeOf(principal)
  const actor = actorOf(principal)
  const made = await countMintedBy(tx, scope, { actor, since: wanted.now - HOUR_MS })
  if (made >= MINTS_PER_HOUR) throw tooFast()
  const live = await listOrgTokens(tx, scope)
  if (live.length >= MAX_ORG_TOKENS) throw tooMany(live.length)
  return insertCredential(tx, {
    orgId: principal.orgId,
    kind: 'org_token',
    createdBy: actor,
    ...wanted,
  })
}

const isOver = ({ revokedAt, expiresAt }: CredentialRow, now: number) =>
  revokedAt !== null || (expiresAt !== null && expiresAt <= now)

const told = ({ prefix, name, scopes, expiresAt }: CredentialRow) => ({
  prefix,
  name,
  scopes,
  expires_at: expiresAt === null ? null : new Date(expiresAt).toISOString(),
})

type Told = { row: CredentialRow; before?: object; after?: object }

const auditToken = (tx: Tx, principal: Principal, verb: string, { row, before, after }: Told) =>
  audit(tx, principal, {
    action: `org_token.${verb}`,
    entity: 'org_token',
    entityId: row.id,
    before: before ? { ...before } : null,
    after: after ? { ...after } : null,
  })

const rotatedBefore = ({ id, prefix }: CredentialRow) =>
  new DomainError('conflict', `token ${prefix}… was rotated already`, {
    hint: 'Its place has another token: list the tokens, and rotate that one.',
    extra: { id },
  })

const tooFast = () =>
  new DomainError('limit_reached', `you made ${MINTS_PER_HOUR} org tokens within the hour`, {
    hint: 'Wait until the oldest of them is an hour old. Revoking is never limited.',
    extra: { limit: MINTS_PER_HOUR, per: 'hour' },
  })

const tooMany = (live: number) =>
  new DomainError('limit_reached', `the org has ${live} tokens already`, {
    hint: 'Revoke those that nobody uses: last_used_at tells.',
    extra: { limit: MAX_ORG_TOKENS },
  })
