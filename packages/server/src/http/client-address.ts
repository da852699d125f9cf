import type { IncomingMessage } from 'node:http'
import { type AddressRange, isWithin, plainAddress } from '../lib/address-range.ts'

type Came = Pick<IncomingMessage, 'socket' | 'headers'>

/**
 * Where a request comes from: who holds the connection. Only what a trusted proxy adds to `X-Forwarded-For` is believed, so the
 * list is read from its end, up to the first that is no proxy of ours. What a caller wrote there itself stands further left.
 */
export const clientAddress =
  (trusted: readonly AddressRange[]) =>
  ({ socket, headers }: Came): string => {
    let client = plainAddress(socket.remoteAddress ?? '') ?? ''
    for (const hop of String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .reverse()) {
      const told = plainAddress(withoutPort(hop.trim()))
      if (told === undefined || !isWithin(client, trusted)) return client
      client = told
    }
    return client
  }

const withoutPort = (hop: string) =>
  hop.match(/^\[(.*)\](?::\d+)?$/)?.[1] ?? hop.match(/^([\d.]+):\d+$/)?.[1] ?? hop
