import type { WorkspaceId } from '@molecule/contract/id'
import {
  CreateOrgToken,
  CreateWorkspaceToken,
  MAX_OVERLAP_S,
  type MintedOrgToken,
  type MintedWorkspaceToken,
} from '@molecule/contract/identity'
import type { Connection } from '@molecule/contract/registry'
import { Hono } from 'hono'
import { z } from 'zod'
import { orgTokenToWire, workspaceTokenToWire } from '../domain/identity/credential-wire.ts'
import { createOrgToken, revokeOrgToken, rotateOrgToken } from '../domain/identity/org-token.ts'
import { scopeOf } from '../domain/identity/principal.ts'
import { listOrgTokens, listWorkspaceTokens } from '../domain/identity/token-store.ts'
import {
  createWorkspaceToken,
  type MintedToken,
  revokeWorkspaceToken,
  rotateWorkspaceTokens,
} from '../domain/identity/workspace-token.ts'
import { connectionOf, outsideWorkspace, rotateConnection } from '../domain/registry/connection.ts'
import { liveWorkspace } from '../domain/workspace/lock-live.ts'
import { guard } from './authenticate.ts'
import { readBody, readLenientBody, readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'

const Page = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  offset: z.coerce.number().int().min(0).default(0),
})
const Overlap = z.object({
  overlap_s: z.coerce.number().int().min(0).max(MAX_OVERLAP_S).default(0),
})
const Rotation = Overlap.extend({ if_newest: z.uuid().optional() })

export const workspaceTokenRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .get('/:id/tokens', guard(services, 'GET /workspaces/:id/tokens'), async (c) => {
      const page = readQuery(c, Page)
      const { id } = await liveWorkspace(db, c.var.principal, c.req.param('id'))
      const tokens = await listWorkspaceTokens(db, scopeOf(c.var.principal), id, page)
      return c.json({ tokens: tokens.map(workspaceTokenToWire), count: tokens.length })
    })
    .post('/:id/tokens', guard(services, 'POST /workspaces/:id/tokens'), async (c) => {
      const input = await readLenientBody(c, CreateWorkspaceToken)
      const id = c.req.param('id')
      return c.json(shown(await createWorkspaceToken(db, c.var.principal, id, input)), 201)
    })
    .post(
      '/:id/tokens/rotate',
      guard(services, 'POST /workspaces/:id/tokens/rotate'),
      async (c) => {
        const { overlap_s: overlapS, if_newest: ifNewest } = readQuery(c, Rotation)
        const id = c.req.param('id')
        const wish = { overlapS, ifNewest }
        return c.json(shown(await rotateWorkspaceTokens(db, c.var.principal, id, wish)))
      },
    )
    .get(
      '/:id/external/connection',
      guard(services, 'GET /workspaces/:id/external/connection'),
      async (c) => {
        const workspace = await outsideWorkspace(db, c.var.principal, c.req.param('id'))
        const told = connectionOf(workspace, { token: '', platformUrl: services.url() })
        return c.json(told satisfies Connection)
      },
    )
    .post(
      '/:id/external/rotate',
      guard(services, 'POST /workspaces/:id/external/rotate'),
      async (c) => {
        const { overlap_s: overlapS } = readQuery(c, Overlap)
        const wish = { id: c.req.param('id'), overlapS, platformUrl: services.url() }
        c.header('cache-control', 'no-store')
        return c.json((await rotateConnection(db, c.var.principal, wish)) satisfies Connection)
      },
    )
    .delete(
      '/:id/tokens/:tokenId',
      guard(services, 'DELETE /workspaces/:id/tokens/:tokenId'),
      async (c) => {
        const { id: workspaceId, tokenId: id } = c.req.param()
        await revokeWorkspaceToken(db, c.var.principal, { workspaceId, id })
        return c.json({ status: 'revoked' })
      },
    )
}

/** The same as `POST /workspaces/:id/tokens`, where older clients look for it. */
export const adminTokenRoutes = (services: Services) =>
  new Hono<AppEnv>().post(
    '/workspaces/:id/tokens',
    guard(services, 'POST /admin/workspaces/:id/tokens'),
    async (c) => {
      const input = await readLenientBody(c, CreateWorkspaceToken)
      const id = c.req.param('id')
      return c.json(shown(await createWorkspaceToken(services.db, c.var.principal, id, input)), 201)
    },
  )

export const orgTokenRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .get('/', guard(services, 'GET /org/tokens'), async (c) => {
      const tokens = await listOrgTokens(db, scopeOf(c.var.principal))
      return c.json({ tokens: tokens.map(orgTokenToWire), count: tokens.length })
    })
    .post('/', guard(services, 'POST /org/tokens'), async (c) => {
      const input = await readBody(c, CreateOrgToken)
      return c.json(shownOfOrg(await createOrgToken(db, c.var.principal, input)))
    })
    .post('/:id/rotate', guard(services, 'POST /org/tokens/:id/rotate'), async (c) => {
      const { overlap_s: overlapS } = readQuery(c, Overlap)
      const id = c.req.param('id')
      return c.json(shownOfOrg(await rotateOrgToken(db, c.var.principal, { id, overlapS })))
    })
    .delete('/:id', guard(services, 'DELETE /org/tokens/:id'), async (c) => {
      const id = c.req.param('id')
      await revokeOrgToken(db, c.var.principal, id)
      return c.json({ revoked: id })
    })
}

const ONCE = 'Keep this token now: it is not shown again.'

const shown = ({ id, token, workspaceId }: MintedToken): MintedWorkspaceToken => ({
  id,
  auth_token: token,
  workspace_id: workspaceId as WorkspaceId,
  message: ONCE,
})

const shownOfOrg = ({ token, ...row }: MintedToken): MintedOrgToken => ({
  ...orgTokenToWire(row),
  auth_token: token,
  warning: ONCE,
})
