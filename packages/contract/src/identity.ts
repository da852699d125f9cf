import { z } from 'zod'
import { Timestamp, WorkspaceId } from './id.ts'

/** What a credential may be allowed to do. The scopes of an org token are a list of these. */
export const rights = [
  'workspaces:read',
  'workspaces:write',
  'tasks:read',
  'tasks:write',
  'tokens:read',
  'tokens:write',
  'secrets:read',
  'secrets:write',
  'audit:read',
  /** Run workloads on the backends that this server offers: what the token of another server has, and nothing else. */
  'backends:use',
  'org:admin',
] as const
export const Right = z.enum(rights)
export type Right = z.infer<typeof Right>

export const roles = ['owner', 'operator', 'viewer'] as const
export const Role = z.enum(roles)
export type Role = z.infer<typeof Role>

/** A person's rights follow from the role; `org:admin` covers people, org tokens and the server itself. */
export const rightsOfRole: Record<Role, readonly Right[]> = {
  owner: rights,
  operator: rights.filter((right) => right !== 'org:admin' && right !== 'backends:use'),
  viewer: ['workspaces:read', 'tasks:read'],
}

const Name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}]*$/u, 'must be one line')

/** A one-time login link for a person; without a body for an owner named `admin`. */
export const CreateLoginLink = z.strictObject({
  name: Name.default('admin'),
  role: Role.default('owner'),
})
export type CreateLoginLink = z.input<typeof CreateLoginLink>

export const BrowserSession = z.object({
  id: z.string(),
  name: z.string(),
  role: Role,
  /** The browser, as it names itself. */
  client: z.string().nullable(),
  is_current: z.boolean(),
  created_at: Timestamp,
  last_used_at: Timestamp.nullable(),
  expires_at: Timestamp,
})
export type BrowserSession = z.infer<typeof BrowserSession>

/** Newest first. */
export const SessionList = z.object({ sessions: z.array(BrowserSession) })
export type SessionList = z.infer<typeof SessionList>

const DAY_S = 86_400

/** `expires_in_s` at most 366 days; without it the token lives 90 days. Strict: a misspelled limit must not be ignored. */
export const CreateOrgToken = z.strictObject({
  name: Name.optional(),
  scopes: z.array(Right).min(1).max(rights.length).default(['workspaces:read', 'tasks:read']),
  expires_in_s: z
    .number()
    .int()
    .min(60, 'at least a minute')
    .max(366 * DAY_S, 'at most 366 days')
    .default(90 * DAY_S),
})
export type CreateOrgToken = z.input<typeof CreateOrgToken>

export const OrgToken = z.object({
  id: z.string(),
  /** The first characters, to recognise it by. */
  prefix: z.string(),
  name: z.string().optional(),
  org_id: z.string(),
  scopes: z.array(Right),
  created_by: z.string().optional(),
  created_at: Timestamp,
  /** To the nearest minute. */
  last_used_at: Timestamp.optional(),
  expires_at: Timestamp.optional(),
})
export type OrgToken = z.infer<typeof OrgToken>

export const OrgTokenList = z.object({ tokens: z.array(OrgToken), count: z.number().int() })
export type OrgTokenList = z.infer<typeof OrgTokenList>

/** The only time the token is shown. */
export const MintedOrgToken = OrgToken.extend({ auth_token: z.string(), warning: z.string() })
export type MintedOrgToken = z.infer<typeof MintedOrgToken>

export const CreateWorkspaceToken = z.object({ name: Name.optional() })
export type CreateWorkspaceToken = z.input<typeof CreateWorkspaceToken>

export const WorkspaceToken = z.object({
  id: z.string(),
  prefix: z.string(),
  name: z.string().optional(),
  created_by: z.string().optional(),
  created_at: Timestamp,
  last_used_at: Timestamp.nullable(),
  /** Set while a rotated token is still honoured. */
  expires_at: Timestamp.nullable(),
})
export type WorkspaceToken = z.infer<typeof WorkspaceToken>

export const WorkspaceTokenList = z.object({
  tokens: z.array(WorkspaceToken),
  count: z.number().int(),
})
export type WorkspaceTokenList = z.infer<typeof WorkspaceTokenList>

/** The only time the token is shown. */
export const MintedWorkspaceToken = z.object({
  id: z.string(),
  auth_token: z.string(),
  workspace_id: WorkspaceId,
  message: z.string(),
})
export type MintedWorkspaceToken = z.infer<typeof MintedWorkspaceToken>

/** Seconds for which the tokens that a rotation replaces are still honoured. */
export const MAX_OVERLAP_S = 3600
