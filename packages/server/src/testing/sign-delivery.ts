import { createHmac } from 'node:crypto'

const hmac = (secret: string, text: string) =>
  createHmac('sha256', secret).update(text).digest('hex')

/** A delivery as GitHub sends it. */
export function githubRequest(
  secret: string,
  { event, delivery, payload }: { event: string; delivery?: string; payload: unknown },
): RequestInit {
  const body = JSON.stringify(payload)
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-hub-signature-256': `sha256=${hmac(secret, body)}`,
      ...(delivery ? { 'x-github-delivery': delivery } : {}),
    },
  }
}

/** A delivery as any other program sends it. */
export function signedRequest(
  secret: string,
  { payload, at = Date.now(), delivery }: { payload: unknown; at?: number; delivery?: string },
): RequestInit {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const t = Math.floor(at / 1000)
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-molecule-signature': `t=${t},v1=${hmac(secret, `${t}.${body}`)}`,
      ...(delivery ? { 'x-molecule-delivery': delivery } : {}),
    },
  }
}
