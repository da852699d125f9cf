import { createHmac, timingSafeEqual } from 'node:crypto'

/** What of a request a signature is about. */
export type Signed = { header: (name: string) => string | undefined; body: Uint8Array }

/** Older, and later, than so is nothing that was signed just now. */
const TOLERANCE_MS = 5 * 60_000

/** As GitHub signs: the body with the secret. */
export function isSignedByGithub(secret: string, { header, body }: Signed): boolean {
  const [, given] = /^sha256=([0-9a-f]{64})$/i.exec(header('x-hub-signature-256') ?? '') ?? []
  return isHmac(given, createHmac('sha256', secret).update(body).digest())
}

/** As everybody else signs: a time and the body with the secret, and the time is now. */
export function isSignedAt(secret: string, { header, body }: Signed, now: number): boolean {
  const { at, mac: given } = partsOf(header)
  const isNow = Math.abs(Number(at) * 1000 - now) <= TOLERANCE_MS
  const mac = createHmac('sha256', secret).update(`${at}.`).update(body).digest()
  return isHmac(given, mac) && isNow
}

/** Of a signature with its time, in seconds. */
export function partsOf(header: Signed['header']): { at?: string; mac?: string } {
  const given = header('x-molecule-signature') ?? ''
  return /^t=(?<at>\d{1,12}), ?v1=(?<mac>[0-9a-f]{64})$/i.exec(given)?.groups ?? {}
}

/** Takes the same time for every wrong one. */
const isHmac = (given: string | undefined, mac: Buffer): boolean =>
  timingSafeEqual(Buffer.from(given ?? '0'.repeat(64), 'hex'), mac) && given !== undefined
