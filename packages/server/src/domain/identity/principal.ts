import type { WorkspaceId } from '@molecule/contract/id'
import type { Caller } from '@molecule/contract/task'

declare const authorized: unique symbol

/** Proof that a request was authorized for an org. Only `scopeOf` makes one, so no query forgets its tenant. */
export type OrgScope = { readonly orgId: string; readonly [authorized]: true }

type Bound = { orgId: string; workspaceId: WorkspaceId; incarnation: number; credentialId: string }

/** Who makes a request, resolved once, from its credential alone. */
export type Principal =
  | { kind: 'admin'; orgId: string }
  | { kind: 'session'; orgId: string; credentialId: string; csrfHash: string }
  | ({ kind: 'agent' } & Bound)
  | ({ kind: 'host' } & Bound)
  | ({ kind: 'boot' } & Bound)
  | { kind: 'system'; orgId: string }

export type PrincipalKind = Principal['kind']
export type PrincipalOf<K extends PrincipalKind> = Extract<Principal, { kind: K }>

export const scopeOf = (principal: Principal): OrgScope =>
  ({ orgId: principal.orgId }) as unknown as OrgScope

/** The name a row or an event remembers a principal by. */
export function actorOf(principal: Principal): string {
  switch (principal.kind) {
    case 'agent':
    case 'host':
    case 'boot':
      return `workspace:${principal.workspaceId}`
    case 'session':
      return 'user:admin'
    default:
      return principal.kind
  }
}

/** The caller of a task that this principal asks for. */
export function callerOf(principal: Principal): Caller {
  if (principal.kind === 'agent') return { kind: 'workspace', id: principal.workspaceId }
  if (principal.kind === 'system') return { kind: 'system', id: 'system' }
  return { kind: 'user', id: 'admin' }
}
