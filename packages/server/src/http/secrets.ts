import { RestartDependents, SaveSecret } from '@molecule/contract/secret'
import { Hono } from 'hono'
import { z } from 'zod'
import { DomainError, notFound } from '../domain/error.ts'
import { type Principal, scopeOf } from '../domain/identity/principal.ts'
import { rotateDataKey } from '../domain/secret/data-key.ts'
import { reachOf, secretToWire } from '../domain/secret/reach.ts'
import { dependentsOfGlobal, removeSecret, saveSecret } from '../domain/secret/secret-service.ts'
import { globalSecrets, secretsFor } from '../domain/secret/secret-store.ts'
import { ownValues } from '../domain/secret/secret-values.ts'
import { requestRollingRestart } from '../domain/workspace/rolling-restart.ts'
import { findWorkspace } from '../domain/workspace/workspace-store.ts'
import { guard } from './authenticate.ts'
import { readBody, readLenientBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'

const Nothing = z.strictObject({})

export const workspaceSecretRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .get('/:id/secrets', guard(services, 'GET /workspaces/:id/secrets'), async (c) => {
      const { principal } = c.var
      checkOwn(principal, c.req.param('id'))
      const workspace = await findWorkspace(db, scopeOf(principal), c.req.param('id'))
      if (!workspace || workspace.desiredState === 'removed')
        throw notFound('workspace', c.req.param('id'))
      const rows = await secretsFor(db, workspace)
      return c.json(reachOf(rows, workspace).map(secretToWire))
    })
    .get(
      '/:id/secrets/values',
      guard(services, 'GET /workspaces/:id/secrets/values'),
      async (c) => {
        checkOwn(c.var.principal, c.req.param('id'))
        c.header('cache-control', 'no-store')
        return c.json(await ownValues(services, c.var.principal))
      },
    )
    .post('/:id/secrets', guard(services, 'POST /workspaces/:id/secrets'), async (c) => {
      const input = await readLenientBody(c, SaveSecret)
      return c.json(await saveSecret(services, c.var.principal, c.req.param('id'), input))
    })
    .put('/:id/secrets', guard(services, 'PUT /workspaces/:id/secrets'), async (c) => {
      const input = await readLenientBody(c, SaveSecret)
      return c.json(await saveSecret(services, c.var.principal, c.req.param('id'), input))
    })
    .delete(
      '/:id/secrets/:key',
      guard(services, 'DELETE /workspaces/:id/secrets/:key'),
      async (c) => {
        const { id, key } = c.req.param()
        return c.json(await removeSecret(services, c.var.principal, id, key))
      },
    )
}

/** The same under both names. */
export const globalSecretRoutes = (
  services: Services,
  base: '/settings/secrets' | '/admin/secrets',
) => {
  const { db } = services
  return new Hono<AppEnv>()
    .get('/', guard(services, `GET ${base}`), async (c) => {
      const rows = await globalSecrets(db, c.var.principal.orgId)
      return c.json(rows.map((row) => secretToWire({ row, overridesGlobal: false })))
    })
    .post('/', guard(services, `POST ${base}`), async (c) => {
      const input = await readLenientBody(c, SaveSecret)
      return c.json(await saveSecret(services, c.var.principal, null, input))
    })
    .delete('/:key', guard(services, `DELETE ${base}/:key`), async (c) =>
      c.json(await removeSecret(services, c.var.principal, null, c.req.param('key'))),
    )
}

/** What only the one name has. */
export const settingsSecretRoutes = (services: Services) => {
  const { db } = services
  return new Hono<AppEnv>()
    .put('/', guard(services, 'PUT /settings/secrets'), async (c) => {
      const input = await readLenientBody(c, SaveSecret)
      return c.json(await saveSecret(services, c.var.principal, null, input))
    })
    .get('/:key/dependents', guard(services, 'GET /settings/secrets/:key/dependents'), async (c) =>
      c.json(await dependentsOfGlobal(db, c.var.principal, c.req.param('key'))),
    )
    .post(
      '/restart-dependents',
      guard(services, 'POST /settings/secrets/restart-dependents'),
      async (c) => {
        const input = await readBody(c, RestartDependents)
        return c.json(await requestRollingRestart(db, c.var.principal, input))
      },
    )
}

export const dataKeyRoutes = (services: Services) =>
  new Hono<AppEnv>().post(
    '/rotate-key',
    guard(services, 'POST /admin/secrets/rotate-key'),
    async (c) => {
      await readBody(c, Nothing)
      return c.json(await rotateDataKey(services, c.var.principal))
    },
  )

function checkOwn(principal: Principal, id: string): void {
  if (principal.kind === 'workspace' && principal.workspaceId !== id)
    throw new DomainError(
      'forbidden',
      'an agent may ask only for the secrets of its own workspace',
      {
        hint: 'Use the id in WORKSPACE_ID.',
      },
    )
}
