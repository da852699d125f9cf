import type { WorkspaceId } from '@molecule/contract/id'
import { type Right, type Role, rights, rightsOfRole } from '@molecule/contract/identity'
import type { Caller } from '@molecule/contract/task'

declare const authorized: unique symbol

/** Proof that a request was authorized for an org. Only `scopeOf` makes one, so no query forgets its tenant. */
export type OrgScope = { readonly orgId: string; readonly [authorized]: true }

/** Where a request came from, for the audit log. */
export type Origin = { traceId: string; address: string }

type Known = { orgId: string; origin?: Origin }
type Stored = Known & { credentialId: string }
type Bound = Stored & { workspaceId: WorkspaceId; incarnation: number }

/** Who makes a request, resolved once, from its credential alone. */
export type Principal =
  | ({ kind: 'admin'; credentialId?: string } & Known)
  | ({ kind: 'session'; csrfHash: string; name: string; role: Role } & Stored)
  | ({ kind: 'org_token'; name: string; scopes: readonly Right[] } & Stored)
  /** A program of a workspace; `incarnation` is null for one that we did not start. */
  | ({ kind: 'workspace'; workspaceId: WorkspaceId; incarnation: number | null } & Stored)
  | ({ kind: 'host' } & Bound)
  | ({ kind: 'boot' } & Bound)
  /** The server itself; no credential leads here. */
  | ({ kind: 'system' } & Known)

export type PrincipalKind = Principal['kind']
export type PrincipalOf<K extends PrincipalKind> = Extract<Principal, { kind: K }>
/** Those who act for people. */
export type Person = PrincipalOf<'admin' | 'session' | 'org_token'>

export const scopeOf = (principal: Principal): OrgScope =>
  ({ orgId: principal.orgId }) as unknown as OrgScope

/** What a principal may do in the whole org; a workspace, a host and a boot credential have only their own matters. */
export function rightsOf(principal: Principal): readonly Right[] {
  switch (principal.kind) {
    case 'admin':
    case 'system':
      return rights
    case 'session':
      return rightsOfRole[principal.role]
    case 'org_token':
      return principal.scopes
    default:
      return []
  }
}

/** The name a row, an event or the audit log remembers a principal by. */
export function actorOf(principal: Principal): string {
  switch (principal.kind) {
    case 'workspace':
    case 'host':
    case 'boot':
      return `workspace:${principal.workspaceId}`
    case 'session':
      return `user:${principal.name}`
    case 'org_token':
      return `token:${principal.credentialId}`
    default:
      return principal.kind
  }
}

/** The caller of a task that this principal asks for. */
export function callerOf(principal: Principal): Caller {
  switch (principal.kind) {
    case 'workspace':
    case 'host':
    case 'boot':
      return { kind: 'workspace', id: principal.workspaceId }
    case 'system':
      return { kind: 'system', id: 'system' }
    case 'org_token':
      return { kind: 'user', id: `token:${principal.credentialId}` }
    case 'session':
      return { kind: 'user', id: principal.name }
    case 'admin':
      return { kind: 'user', id: 'admin' }
  }
}
