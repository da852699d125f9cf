import { DomainError } from '../../domain/error.ts'

type Allowed = { url: string; origins: readonly string[] }
type Asked = { origin: string | undefined; host: string | undefined }

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Refuses pages of other sites, and names that were pointed at this machine by somebody else (DNS rebinding), as the specification of
 * MCP demands. Programs send no Origin; a server that listens on loopback is called by a name of loopback.
 */
export function checkOrigin({ origin, host }: Asked, { url, origins }: Allowed): void {
  const own = new URL(url)
  const names = new Set([own.hostname, ...origins.map((each) => new URL(each).hostname)])
  const isLocal = loopback.has(own.hostname)
  const name = host === undefined ? '' : hostnameOf(host)
  if (isLocal && !loopback.has(name) && !names.has(name)) throw refused('Host', host)
  if (origin === undefined) return
  const page = URL.canParse(origin) ? new URL(origin).hostname : ''
  const isSame = page !== '' && page === name
  if (!isSame && !names.has(page) && !(isLocal && loopback.has(page)))
    throw refused('Origin', origin)
}

const hostnameOf = (host: string) =>
  URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : ''

const refused = (header: string, value: string | undefined) =>
  new DomainError('forbidden', `the ${header} ${value ?? '(none)'} is not one of this server`, {
    hint: 'Call it by its own address, or name that origin in CORS_ORIGINS.',
  })
