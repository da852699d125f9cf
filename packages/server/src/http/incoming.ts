import type { Incoming } from '../domain/webhook/webhook-delivery.ts'
import { type Asked, documentOf, readBytes } from './body.ts'

/** The most that a delivery may hold. */
const MAX_BYTES = 1024 * 1024

/** A delivery as it came: signatures are about its bytes, so nothing is read of them before. */
export async function incomingOf(c: Asked): Promise<Incoming> {
  const body = await readBytes(c, MAX_BYTES)
  const isForm = c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded')
  return {
    body,
    header: (name) => c.req.header(name),
    document: () => documentOf(isForm ? payloadOf(body) : body),
  }
}

/** GitHub puts the document into a form unless it is told otherwise; other programs call a document a form without need. */
function payloadOf(form: Uint8Array): Uint8Array {
  const payload = new URLSearchParams(Buffer.from(form).toString('utf8')).get('payload')
  return payload === null ? form : Buffer.from(payload)
}
