import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import { type AddressRange, isWithin, parseRange } from '../address-range.ts'
import { isPublic } from './public-address.ts'
import { OutboundRefused } from './refused.ts'

/** Where to connect: the addresses that were checked, and no others. */
export type Destination = { url: URL; addresses: LookupAddress[] }
export type Resolve = (host: string) => Promise<LookupAddress[]>
/** What an operator lets through though it is not public. */
export type Allowed = { ranges: AddressRange[]; hosts: ReadonlySet<string> }

const MAX_URL = 2048

/** Addresses, blocks of them and names of hosts, as they stand in a setting. */
export function allowed(entries: readonly string[]): Allowed {
  const ranges = entries.flatMap((entry) => parseRange(entry) ?? [])
  const names = entries.filter((entry) => parseRange(entry) === undefined)
  return { ranges, hosts: new Set(names.map((name) => name.toLowerCase())) }
}

/** Resolves the name once and checks every address it has; one that is not allowed refuses all. */
export async function destinationOf(
  text: string,
  { allow, resolve }: { allow: Allowed; resolve: Resolve },
): Promise<Destination> {
  const url = parseUrl(text)
  const host = hostOf(url)
  const addresses = await addressesOf(host, resolve)
  const isNamed = allow.hosts.has(host)
  for (const { address } of addresses)
    if (!isNamed && !isPublic(address) && !isWithin(address, allow.ranges))
      throw refusedAddress(host, address)
  return { url, addresses }
}

function parseUrl(text: string): URL {
  if (text.length > MAX_URL || !URL.canParse(text))
    throw new OutboundRefused(
      'not_a_url',
      'this is not an address that can be called',
      'Give a whole address, such as https://agent.example/a2a.',
    )
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new OutboundRefused(
      'scheme',
      `an address that starts with ${url.protocol} is not called`,
      'Give one that starts with https:// or http://.',
    )
  if (url.username !== '' || url.password !== '')
    throw new OutboundRefused(
      'credentials',
      'an address may not hold a user name or password',
      'Leave out what stands before the @.',
    )
  return url
}

/** The parser has turned every notation of an IPv4 address into the usual one. */
const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')

async function addressesOf(host: string, resolve: Resolve): Promise<LookupAddress[]> {
  const family = isIP(host)
  if (family !== 0) return [{ address: host, family }]
  const found = await resolve(host).catch((error: unknown) => {
    throw unresolved(host, error)
  })
  if (found.length === 0) throw unresolved(host, undefined)
  return found
}

const unresolved = (host: string, cause: unknown) =>
  new OutboundRefused(
    'unresolved',
    `the name ${host} leads to no address`,
    'Check the name; the server must be able to look it up.',
    { cause },
  )

function refusedAddress(host: string, address: string): OutboundRefused {
  const leads = host === address ? `${host} is` : `${host} leads to ${address}, which is`
  return new OutboundRefused(
    'address',
    `${leads} not a public address, so it is not called`,
    'Give a public address, or ask the operator to list this one in OUTBOUND_ALLOW.',
  )
}
