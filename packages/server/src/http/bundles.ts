import {
  Bundle,
  type BundleKey,
  bundleLimits,
  ImportBundle,
  type ImportedBundle,
} from '@molecule/contract/bundle'
import { Hono } from 'hono'
import { z } from 'zod'
import { signerOf } from '../domain/bundle/bundle-signature.ts'
import { exportBundle } from '../domain/bundle/export-bundle.ts'
import { importBundle } from '../domain/bundle/import-bundle.ts'
import { signingKey } from '../domain/bundle/signing-key.ts'
import { guard } from './authenticate.ts'
import { check, readBody, readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'

/** What was sent, as it was sent: a signature is about all of it, also about what nobody reads. */
const Sent = z.record(z.string(), z.unknown())

/** Workspaces with what they are configured with, to take elsewhere. */
export const bundleRoutes = (services: Services) =>
  new Hono<AppEnv>()
    .get('/key', guard(services, 'GET /bundles/key'), async (c) => {
      const { publicKey: key } = await signingKey(services, c.var.principal.orgId)
      return c.json({ algorithm: 'ed25519', key } satisfies BundleKey)
    })
    .get('/export/:id', guard(services, 'GET /bundles/export/:id'), async (c) =>
      c.json((await exportBundle(services, c.var.principal, c.req.param('id'))) satisfies Bundle),
    )
    .post('/import', guard(services, 'POST /bundles/import'), async (c) => {
      const options = readQuery(c, ImportBundle)
      const sent = await readBody(c, Sent, { maxBytes: bundleLimits.bytes })
      const bundle = check(Bundle, sent, 'the bundle')
      const read = { bundle, signer: signerOf(sent, bundle.manifest) }
      const imported = await importBundle(services, c.var.principal, read, options)
      return c.json(imported satisfies ImportedBundle, 201)
    })
