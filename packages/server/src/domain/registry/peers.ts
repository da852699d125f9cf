import { Discovered, Peer } from '@molecule/contract/registry'
import type { Queryable, WorkspaceRow } from '../../db/tables.ts'
import { DomainError, notFound } from '../error.ts'
import { type Principal, scopeOf } from '../identity/principal.ts'
import { mayTalk } from '../workspace/may-talk.ts'
import { reachable } from '../workspace/reach.ts'
import { visibleWorkspace } from '../workspace/visible.ts'
import { findWorkspace, listWorkspaces } from '../workspace/workspace-store.ts'
import { idle, loads, workspaceToWire } from '../workspace/workspace-wire.ts'

/** Where an agent can be called directly. One that asks for its work, or that we run, is reached through us alone. */
export async function discover(
  db: Queryable,
  principal: Principal,
  id: string,
): Promise<Discovered> {
  const row = await visibleWorkspace(db, principal, id)
  if (row.desiredState === 'removed') throw notFound('workspace', id)
  if (row.url === null || !isUp(row))
    throw new DomainError('unavailable', `workspace ${row.name} cannot be called directly now`, {
      hint: `Ask it with POST /workspaces/${row.id}/a2a: that is kept until it can be delivered.`,
      extra: { status: row.status },
    })
  return Discovered.parse(workspaceToWire(row))
}

const isUp = ({ status }: WorkspaceRow) => status === 'online' || status === 'degraded'

/** Whom a workspace may talk to, itself left out; `q` is looked for in names and roles. */
export async function peersOf(
  db: Queryable,
  principal: Principal,
  { id, q }: { id: string; q: string | undefined },
): Promise<Peer[]> {
  if (principal.kind === 'workspace' && principal.workspaceId !== id) throw notOwn()
  const live = (await listWorkspaces(db, scopeOf(principal))).filter(isWanted)
  const self = live.find((row) => row.id === id)
  if (!self) throw notFound('workspace', id)
  const peers = reachable(live, self.id).filter((row) => row.id !== self.id && matches(row, q))
  const load = await loads(db)
  return peers.map((row) => Peer.parse(workspaceToWire(row, load.get(row.id) ?? idle)))
}

const isWanted = ({ desiredState }: WorkspaceRow) => desiredState !== 'removed'

const matches = ({ name, role }: WorkspaceRow, q = '') =>
  [name, role ?? ''].some((text) => text.toLowerCase().includes(q.trim().toLowerCase()))

/** Whether one workspace may talk to another. What does not exist, for this principal, may not. */
export async function hasAccess(
  db: Queryable,
  principal: Principal,
  { callerId, targetId }: { callerId: string; targetId: string },
): Promise<boolean> {
  if (principal.kind === 'workspace' && principal.workspaceId !== callerId) throw notOwn()
  const scope = scopeOf(principal)
  const caller = await findWorkspace(db, scope, callerId)
  const target = await findWorkspace(db, scope, targetId)
  return caller !== undefined && target !== undefined && mayTalk(db, caller.id, target.id)
}

const notOwn = () =>
  new DomainError('forbidden', 'an agent may ask this for its own workspace only', {
    hint: 'Use the id that came with the token.',
  })
