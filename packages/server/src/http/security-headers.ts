const contentSecurity = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ')

const always = {
  'content-security-policy': contentSecurity,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}
const YEAR_S = 31_536_000
const overTls = {
  ...always,
  'strict-transport-security': `max-age=${YEAR_S}; includeSubDomains`,
}

/** What every answer carries. A browser is bound to TLS only where people reach the server by it. */
export const securityHeaders = (url: string): Record<string, string> =>
  url.startsWith('https:') ? overTls : always
