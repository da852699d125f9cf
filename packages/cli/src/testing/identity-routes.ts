import { randomUUID } from 'node:crypto'
import {
  CreateOrgToken,
  CreateWorkspaceToken,
  MintedOrgToken,
  MintedWorkspaceToken,
  OrgTokenList,
  SessionList,
  WorkspaceTokenList,
} from '@molecule/contract/identity'
import { on, type Route, workspaceOf } from './contract-route.ts'
import { type ContractState, Refused } from './contract-state.ts'
import { orgTokenRow, workspaceTokenRow } from './wire-rows.ts'

const warning = 'It is not shown again.'
const lastPart = (path: string) => path.split('/').at(-1) ?? ''

function taken<R extends { id: string }>(rows: R[], id: string): R {
  const at = rows.findIndex((one) => one.id === id)
  const [row] = at < 0 ? [] : rows.splice(at, 1)
  if (row) return row
  throw new Refused(404, 'not_found', `${id} does not exist`)
}

function mintOrgToken({ orgTokens }: ContractState, given: Parameters<typeof orgTokenRow>[0]) {
  const row = orgTokenRow({ id: randomUUID(), ...given })
  orgTokens.push(row)
  return { body: MintedOrgToken.parse({ ...row, auth_token: 'mol_orgtoken_once', warning }) }
}

function mintWorkspaceToken({ workspaceTokens }: ContractState, workspaceId: string, name = 'new') {
  const row = workspaceTokenRow({ id: randomUUID(), name })
  workspaceTokens.push(row)
  const { id } = row
  const told = { id, auth_token: 'mol_workspace_once', workspace_id: workspaceId, message: warning }
  return MintedWorkspaceToken.parse(told)
}

export const identityRoutes: readonly Route[] = [
  on('GET', '/org/tokens', ({ orgTokens: tokens }) => ({
    body: OrgTokenList.parse({ tokens, count: tokens.length }),
  })),
  on('POST', '/org/tokens', (state, { body }) => {
    const { name, scopes } = CreateOrgToken.parse(body)
    return mintOrgToken(state, { name, scopes })
  }),
  on('POST', '/org/tokens/:id/rotate', (state, _asked, id) => {
    const { name, scopes } = taken(state.orgTokens, id)
    return mintOrgToken(state, { name, scopes })
  }),
  on('DELETE', '/org/tokens/:id', ({ orgTokens }, _asked, id) => ({
    body: { revoked: taken(orgTokens, id).id },
  })),
  on('GET', '/workspaces/:id/tokens', (state, _asked, id) => {
    workspaceOf(state, id)
    const { workspaceTokens: tokens } = state
    return { body: WorkspaceTokenList.parse({ tokens, count: tokens.length }) }
  }),
  on('POST', '/workspaces/:id/tokens', (state, { body }, id) => {
    workspaceOf(state, id)
    const { name } = CreateWorkspaceToken.parse(body)
    return { status: 201, body: mintWorkspaceToken(state, id, name) }
  }),
  on('POST', '/workspaces/:id/tokens/rotate', (state, _asked, id) => {
    workspaceOf(state, id)
    state.workspaceTokens = []
    return { body: mintWorkspaceToken(state, id) }
  }),
  on('DELETE', '/workspaces/:id/tokens/:tokenId', (state, { path }, id) => {
    workspaceOf(state, id)
    taken(state.workspaceTokens, lastPart(path))
    return { body: { status: 'revoked' } }
  }),
  on('GET', '/auth/sessions', ({ sessions }) => ({ body: SessionList.parse({ sessions }) })),
  on('DELETE', '/auth/sessions/:id', ({ sessions }, _asked, id) => ({
    body: { revoked: taken(sessions, id).id },
  })),
]
