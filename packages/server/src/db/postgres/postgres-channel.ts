import type { Client } from 'pg'
import { backoff } from '../../lib/backoff.ts'
import { systemClock } from '../../lib/clock.ts'
import type { Channel, ChannelEvents } from '../handle.ts'

const channelName = 'molecule'
const reconnectMs = { first: 100, most: 5_000 }
const sendTimeoutMs = 5_000

/** One connection that listens and sends, made anew whenever it breaks. */
export function postgresChannel(
  newClient: () => Client,
  events: ChannelEvents,
  onError: (error: unknown) => void,
): Channel {
  const closing = new AbortController()
  let live: Client | undefined
  const report = (error: unknown) => {
    if (!closing.signal.aborted) onError(error)
  }

  const connect = async (): Promise<Client> => {
    const client = newClient()
    // The first says why the connection broke, the next only that it did.
    client.once('error', (error) => {
      report(error)
      client.on('error', () => {})
    })
    client.on('notification', ({ payload = '' }) => events.onMessage(payload))
    try {
      await client.connect()
      await client.query(`listen ${channelName}`)
    } catch (error) {
      await end(client)
      throw error
    }
    return client
  }

  const stayConnected = async () => {
    for (let failures = 0; !closing.signal.aborted; failures++) {
      try {
        live = await connect()
        failures = 0
        events.onConnect()
        await ended(live, closing.signal)
      } catch (error) {
        report(error)
      }
      live = undefined
      const pauseMs = backoff(failures + 1, reconnectMs) * (0.5 + Math.random() / 2)
      await systemClock.sleep(pauseMs, closing.signal).catch(() => {})
    }
  }
  const stopped = stayConnected()

  return {
    async send(payload) {
      const client = live
      if (!client) return
      const timer = setTimeout(() => void end(client), sendTimeoutMs)
      try {
        await client.query('select pg_notify($1, $2)', [channelName, payload])
      } catch (error) {
        report(error)
      } finally {
        clearTimeout(timer)
      }
    },
    async close() {
      closing.abort()
      await stopped
    },
  }
}

/** Resolves when the connection is gone; ends it when the signal asks. */
async function ended(client: Client, signal: AbortSignal): Promise<void> {
  const gone = new Promise<void>((resolve) => client.once('end', () => resolve()))
  const stop = () => void end(client)
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  await gone
  signal.removeEventListener('abort', stop)
}

async function end(client: Client): Promise<void> {
  await client.end().catch(() => {})
}
