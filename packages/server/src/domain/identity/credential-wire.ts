import type { BrowserSession, OrgToken, WorkspaceToken } from '@molecule/contract/identity'
import type { CredentialRow } from '../../db/tables.ts'

const time = (ms: number) => new Date(ms).toISOString()
const timeOrNull = (ms: number | null) => (ms === null ? null : time(ms))

export const workspaceTokenToWire = (row: CredentialRow): WorkspaceToken => ({
  id: row.id,
  prefix: row.prefix,
  ...(row.name === null ? {} : { name: row.name }),
  ...(row.createdBy === null ? {} : { created_by: row.createdBy }),
  created_at: time(row.createdAt),
  last_used_at: timeOrNull(row.lastUsedAt),
  expires_at: timeOrNull(row.expiresAt),
})

export const orgTokenToWire = (row: CredentialRow): OrgToken => ({
  id: row.id,
  prefix: row.prefix,
  ...(row.name === null ? {} : { name: row.name }),
  org_id: row.orgId,
  scopes: row.scopes ?? [],
  ...(row.createdBy === null ? {} : { created_by: row.createdBy }),
  created_at: time(row.createdAt),
  ...(row.lastUsedAt === null ? {} : { last_used_at: time(row.lastUsedAt) }),
  ...(row.expiresAt === null ? {} : { expires_at: time(row.expiresAt) }),
})

/** `currentId` is the credential of who asks. */
export const sessionToWire = (row: CredentialRow, currentId: string | null): BrowserSession => ({
  id: row.id,
  name: row.name ?? 'admin',
  role: row.role ?? 'viewer',
  client: row.client,
  is_current: row.id === currentId,
  created_at: time(row.createdAt),
  last_used_at: timeOrNull(row.lastUsedAt),
  expires_at: time(row.expiresAt ?? row.createdAt),
})
