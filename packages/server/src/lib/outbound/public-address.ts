import ipaddr from 'ipaddr.js'

/** Looks public, and is a host's own: where Azure answers for the machine itself. */
const ofTheCloud = new Set(['168.63.129.16'])
/** All of IPv6 that is given out to the public so far; older forms that embed an IPv4 address lie outside. */
const given = ipaddr.parseCIDR('2000::/3')

/** The one policy: what the libraries' registry of special ranges does not name, and no more. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address) || ofTheCloud.has(address)) return false
  const parsed = ipaddr.parse(address)
  if (parsed.range() !== 'unicast') return false
  return parsed.kind() === 'ipv4' || parsed.match(given)
}
