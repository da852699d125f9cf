import {
  type Config,
  type ConfigSnapshot,
  type ConfigVersion,
  EditConfig,
  RestoreConfig,
  SaveConfig,
} from '@molecule/contract/config'
import { Hono } from 'hono'
import { z } from 'zod'
import type { Queryable, WorkspaceRow } from '../db/tables.ts'
import { workspaceOwner } from '../domain/config/config-owner.ts'
import {
  currentConfig,
  editConfig,
  restoreConfig,
  saveConfig,
} from '../domain/config/config-service.ts'
import { filesOf, historyOf, versionOf } from '../domain/config/config-store.ts'
import { configToWire, snapshotToWire, versionToWire } from '../domain/config/config-wire.ts'
import { notFound } from '../domain/error.ts'
import type { Principal } from '../domain/identity/principal.ts'
import { liveWorkspace } from '../domain/workspace/lock-live.ts'
import { guard } from './authenticate.ts'
import { readBody } from './body.ts'
import type { AppEnv, Services } from './context.ts'
import { ownWorkspace } from './own-workspace.ts'

/** Files of the largest version, escaped as JSON. */
export const MAX_CONFIG_BYTES = 24 * 1024 * 1024

const numbered = (text: string): number => {
  const parsed = z.coerce.number().int().min(1).max(2_147_483_647).safeParse(text)
  if (!parsed.success) throw notFound('version', text)
  return parsed.data
}

/** The configuration of a workspace, under `/workspaces/:id/config`. */
export const configRoutes = (services: Services) => {
  const { db } = services
  const own = async (principal: Principal, id: string) =>
    liveWorkspace(db, principal, await ownWorkspace(services, principal, id))
  const shown = async (from: Queryable, row: WorkspaceRow): Promise<Config> =>
    configToWire(row, await currentConfig(from, row))

  return new Hono<AppEnv>()
    .get('/:id/config', guard(services, 'GET /workspaces/:id/config'), async (c) =>
      c.json(await shown(db, await own(c.var.principal, c.req.param('id')))),
    )
    .put('/:id/config', guard(services, 'PUT /workspaces/:id/config'), async (c) => {
      const { id } = await own(c.var.principal, c.req.param('id'))
      const input = await readBody(c, SaveConfig, { maxBytes: MAX_CONFIG_BYTES })
      return c.json(await shown(db, await saveConfig(db, c.var.principal, id, input)))
    })
    .patch('/:id/config', guard(services, 'PATCH /workspaces/:id/config'), async (c) => {
      const { id } = await own(c.var.principal, c.req.param('id'))
      const { base, ...edit } = await readBody(c, EditConfig)
      return c.json(await shown(db, await editConfig(db, c.var.principal, id, { ...edit, base })))
    })
    .get(
      '/:id/config/versions',
      guard(services, 'GET /workspaces/:id/config/versions'),
      async (c) => {
        const row = await own(c.var.principal, c.req.param('id'))
        const versions = await historyOf(db, workspaceOwner(row))
        return c.json(versions.map(versionToWire) satisfies ConfigVersion[])
      },
    )
    .get(
      '/:id/config/versions/:version',
      guard(services, 'GET /workspaces/:id/config/versions/:version'),
      async (c) => {
        const owner = workspaceOwner(await own(c.var.principal, c.req.param('id')))
        const version = numbered(c.req.param('version'))
        const found = await versionOf(db, owner, version)
        if (!found) throw notFound('version', String(version))
        const files = await filesOf(db, owner, version)
        return c.json(snapshotToWire(found, files) satisfies ConfigSnapshot)
      },
    )
    .post(
      '/:id/config/versions/:version/restore',
      guard(services, 'POST /workspaces/:id/config/versions/:version/restore'),
      async (c) => {
        const { id } = await own(c.var.principal, c.req.param('id'))
        const version = numbered(c.req.param('version'))
        const { base } = await readBody(c, RestoreConfig)
        const row = await restoreConfig(db, c.var.principal, id, { version, base })
        return c.json(await shown(db, row))
      },
    )
}
