import { type AuditPage, AuditVerdict } from '@molecule/contract/audit'
import { Hono } from 'hono'
import { z } from 'zod'
import { exportAudit, verifyAudit } from '../domain/audit/audit-chain.ts'
import { listAudit } from '../domain/audit/audit-store.ts'
import { auditToWire } from '../domain/audit/audit-wire.ts'
import { scopeOf } from '../domain/identity/principal.ts'
import { guard } from './authenticate.ts'
import { readQuery } from './body.ts'
import type { AppEnv, Services } from './context.ts'

const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))
const Name = z.string().min(1).max(200)

/** An unknown filter is refused: what it was meant to leave out would be shown. */
const Filter = z.strictObject({
  actor: Name.optional(),
  action: Name.optional(),
  entity_id: Name.optional(),
  from: Time.optional(),
  to: Time.optional(),
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})

/** `<seq>:<hash>` of a head that was kept elsewhere. */
const Point = z
  .string()
  .regex(/^\d{1,15}:[0-9a-f]{64}$/, 'must be <seq>:<hash>, as a head is printed')
  .transform((text) => {
    const [seq = '', hash = ''] = text.split(':')
    return { seq: Number(seq), hash }
  })

const Verify = z.strictObject({ head: Point.optional() })
const Export = z.strictObject({ since: z.coerce.number().int().min(0).default(0) })

export const auditRoutes = (services: Services) => {
  const { db, log } = services
  return new Hono<AppEnv>()
    .get('/', guard(services, 'GET /audit'), async (c) => {
      const { entity_id: entityId, limit, ...filter } = readQuery(c, Filter)
      const query = { ...filter, entityId, limit: limit + 1 }
      const rows = await listAudit(db, scopeOf(c.var.principal), query)
      const records = rows.slice(0, limit).map(auditToWire)
      const next = rows.length > limit ? (records.at(-1)?.seq ?? null) : null
      return c.json({ records, next } satisfies AuditPage)
    })
    .get('/verify', guard(services, 'GET /audit/verify'), async (c) => {
      const { head: through } = readQuery(c, Verify)
      const { signal } = c.req.raw
      const verdict = await verifyAudit(db, scopeOf(c.var.principal), { through, signal })
      return c.json(AuditVerdict.parse(verdict))
    })
    .get('/export', guard(services, 'GET /audit/export'), async (c) => {
      const { since } = readQuery(c, Export)
      const { signal } = c.req.raw
      const lines = exportAudit(db, scopeOf(c.var.principal), { since, signal })
      const onError = (error: unknown) =>
        log.error({ traceId: c.var.traceId, error }, 'an export of the audit log broke off')
      return c.body(streamed(lines, { signal, onError }), 200, {
        'content-type': 'application/x-ndjson; charset=utf-8',
      })
    })
}

type StreamOptions = { signal: AbortSignal; onError: (error: unknown) => void }

/** Reads on only as fast as the client does. A failure cuts the connection off, so that no part passes for the whole. */
function streamed(
  texts: AsyncGenerator<string>,
  { signal, onError }: StreamOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await texts.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      } catch (error) {
        if (!signal.aborted) onError(error)
        controller.error(error)
      }
    },
    async cancel() {
      await texts.return(undefined)
    },
  })
}
