import ipaddr from 'ipaddr.js'

/** An address, or a block of them as `10.0.0.0/8`. */
export type AddressRange = { start: ipaddr.IPv4 | ipaddr.IPv6; bits: number }

/** Undefined when it is neither an address in its usual form nor a block of them. */
export function parseRange(text: string): AddressRange | undefined {
  if (ipaddr.isValidCIDR(text) && isUsualForm(text.split('/')[0] ?? '')) {
    const [start, bits] = ipaddr.parseCIDR(text)
    return { start, bits }
  }
  const start = parseAddress(text)
  return start && { start, bits: start.kind() === 'ipv4' ? 32 : 128 }
}

/** Whether an address is in one of the ranges; an IPv4 address that came as IPv6 is taken as what it is. */
export function isWithin(address: string, ranges: readonly AddressRange[]): boolean {
  const parsed = parseAddress(address)
  if (!parsed) return false
  return ranges.some(
    ({ start, bits }) => parsed.kind() === start.kind() && parsed.match(start, bits),
  )
}

/** In one spelling, whatever notation it came in. */
export const plainAddress = (address: string): string | undefined =>
  parseAddress(address)?.toString()

/** Who is counted as one: an IPv4 address, or an IPv6 network, in which one client has more addresses than can be counted. */
export function clientNetwork(address: string): string {
  const parsed = parseAddress(address)
  if (!parsed) return address
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed}/64`)}/64`
}

function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  if (text.includes('%') || !isUsualForm(text)) return undefined
  return ipaddr.process(text)
}

/** Octal, decimal and shortened IPv4 forms mean different addresses to different programs. */
const isUsualForm = (text: string) =>
  ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
