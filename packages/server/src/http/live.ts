import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { LiveCommand } from '@molecule/contract/event'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Principal } from '../domain/identity/principal.ts'
import type { Services } from './context.ts'
import type { Frame } from './event-feed.ts'
import { followFeed } from './follow-feed.ts'

/** A client this far behind is closed, and resumes; nothing is dropped silently. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024
const MAX_COMMAND_BYTES = 16 * 1024
const SLOW_CONSUMER = 4001
const NOT_WELCOME = 4003
const GOING_AWAY = 1001
const TRY_AGAIN = 1011

type Admission = Principal | { refuse: number }
type Admit = (request: IncomingMessage) => Promise<Admission>

/** `GET /ws?since=<seq>`: the feed as a WebSocket, authenticated before the upgrade. */
export function serveLive(server: Server, services: Services, admit: Admit): () => void {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_COMMAND_BYTES,
  })
  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const url = new URL(request.url ?? '/', 'http://localhost')
    const admission =
      url.pathname === '/ws' ? await admit(request).catch(() => ({ refuse: 503 })) : { refuse: 404 }
    if ('refuse' in admission) {
      socket.end(`HTTP/1.1 ${admission.refuse} Refused\r\nConnection: close\r\n\r\n`)
      return
    }
    const since = Number(url.searchParams.get('since') ?? Number.NaN)
    sockets.handleUpgrade(request, socket, head, (client) => {
      follow(client, services, {
        principal: admission,
        since: Number.isSafeInteger(since) ? since : undefined,
      })
    })
  }
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    void upgrade(request, socket, head)
  server.on('upgrade', onUpgrade)
  return () => {
    server.off('upgrade', onUpgrade)
    for (const client of sockets.clients) client.close(GOING_AWAY, 'the server goes down')
    sockets.close()
  }
}

function follow(
  client: WebSocket,
  services: Services,
  from: { principal: Principal; since: number | undefined },
): void {
  const { log } = services
  const send = (text: string) => {
    if (client.bufferedAmount > MAX_BUFFERED_BYTES) client.close(SLOW_CONSUMER, 'too slow: resume')
    else client.send(text)
  }
  const isWhole = from.principal.kind !== 'workspace'
  const following = followFeed(services, from, {
    control: (control) => send(JSON.stringify(control)),
    ephemeral: (event) => send(event.text),
    refuse: () => client.close(NOT_WELCOME, 'the credential is not valid any more'),
    frames(frames, { from, to }) {
      if (isWhole) for (const frame of frames) send(frame.text)
      else if (frames.length > 0) send(batch(frames, { from, to }))
    },
  })
  client.on('close', following.end)
  client.on('error', (error) => log.warn({ error }, 'a live connection failed'))
  const giveUp = (error: unknown) => {
    log.warn({ error }, 'a live connection could not go on')
    client.close(TRY_AGAIN, 'try again')
  }
  client.on('message', (data) => {
    const command = parseCommand(String(data))
    if (command) following.subscribe(command.topics).catch(giveUp)
  })
  following.begun.catch(giveUp)
}

/** Of a filtered feed: what lies between the two positions, so that numbers left out are no gap. */
const batch = (frames: Frame[], { from, to }: { from: number; to: number }) =>
  `{"event":"events","from":${from},"to":${to},"events":[${frames.map((frame) => frame.text).join(',')}]}`

function parseCommand(text: string) {
  try {
    return LiveCommand.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
