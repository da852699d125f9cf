import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { LiveCommand, type LiveControl } from '@molecule/contract/event'
import { type WebSocket, WebSocketServer } from 'ws'
import { readEvents } from '../domain/event/event-store.ts'
import { CREDENTIALS_CHANGED } from '../domain/identity/credential-store.ts'
import type { Services } from './context.ts'
import type { Ephemeral, Frame } from './event-feed.ts'

const BOOKMARK_MS = 15_000
/** A token also expires by itself. */
const RECHECK_MS = 15_000
/** A client this far behind is closed, and resumes; nothing is dropped silently. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024
const MAX_COMMAND_BYTES = 16 * 1024
/** A gap larger than this is not replayed: the client takes a snapshot. */
const MAX_REPLAY = 5000
const PAGE = 500
const SLOW_CONSUMER = 4001
const GOING_AWAY = 1001
const NOT_ADMITTED = 4003

type Admission = { orgId: string } | { refuse: number }
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
      follow(client, services, { since, orgId: admission.orgId })
      keepAdmitted(client, services, () => admit(request))
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

/** Closes a connection whose credential has ended: looks when one does, and from time to time. */
function keepAdmitted(
  client: WebSocket,
  { wakes, clock, log }: Services,
  admit: () => Promise<Admission>,
): void {
  const closed = new AbortController()
  const look = async () => {
    const admission = await admit()
    const isOver = 'refuse' in admission && admission.refuse < 500
    if (isOver) client.close(NOT_ADMITTED, 'the credential has ended')
  }
  const fail = (error: unknown) => log.warn({ error }, 'a live connection could not be checked')
  const unsubscribe = wakes.subscribe(CREDENTIALS_CHANGED, () => void look().catch(fail))
  client.on('close', () => {
    unsubscribe()
    closed.abort()
  })
  clock.every(RECHECK_MS, () => look().catch(fail), closed.signal).catch(fail)
}

function follow(
  client: WebSocket,
  services: Services,
  from: { since: number; orgId: string },
): void {
  const { feed, clock, epoch, log } = services
  let sent = Number.isSafeInteger(from.since) ? from.since : feed.head()
  let waiting: Frame[] | undefined = []
  let topics = new Set<string>(['org'])
  const now = () => new Date(clock.now()).toISOString()
  const send = (text: string) => {
    if (client.bufferedAmount > MAX_BUFFERED_BYTES) client.close(SLOW_CONSUMER, 'too slow: resume')
    else client.send(text)
  }
  const say = (control: LiveControl) => send(JSON.stringify(control))
  const sendFrames = (frames: Frame[]) => {
    for (const frame of frames) {
      if (frame.seq <= sent) continue
      sent = frame.seq
      send(frame.text)
    }
  }
  const unwatch = feed.watch({
    onFrames: (frames) => (waiting ? waiting.push(...frames) : sendFrames(frames)),
    onEphemeral: (event: Ephemeral) => {
      if (topics.has(event.topic)) send(event.text)
    },
  })
  const bookmarks = new AbortController()
  client.on('close', () => {
    unwatch()
    bookmarks.abort()
  })
  client.on('error', (error) => log.warn({ error }, 'a live connection failed'))
  client.on('message', (data) => {
    const command = parseCommand(String(data))
    if (command) topics = new Set(['org', ...command.topics])
  })
  const begin = async () => {
    say({ event: 'hello', epoch, head: feed.head(), now: now() })
    const isTooOld = sent > feed.head() || feed.head() - sent > MAX_REPLAY
    if (isTooOld) {
      sent = feed.head()
      say({ event: 'reset', head: sent })
    } else await catchUp(services, from.orgId, { since: sent, send: sendFrames })
    sendFrames(waiting ?? [])
    waiting = undefined
    await clock.every(
      BOOKMARK_MS,
      () => say({ event: 'bookmark', seq: sent, now: now() }),
      bookmarks.signal,
    )
  }
  begin().catch((error) => {
    log.warn({ error }, 'a live connection could not begin')
    client.close(1011, 'try again')
  })
}

/** From memory when the gap is short, else page by page from the database. */
async function catchUp(
  { feed, db }: Services,
  orgId: string,
  { since, send }: { since: number; send: (frames: Frame[]) => void },
): Promise<void> {
  const recent = feed.recent(since)
  if (recent) {
    send(recent)
    return
  }
  const head = feed.head()
  for (let at = since; at < head; ) {
    const events = await readEvents(db, orgId, { since: at, limit: PAGE })
    if (events.length === 0) return
    send(events.map((event) => ({ seq: event.seq ?? 0, text: JSON.stringify(event) })))
    at = events.at(-1)?.seq ?? head
  }
}

function parseCommand(text: string) {
  try {
    return LiveCommand.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
