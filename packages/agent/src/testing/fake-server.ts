import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Enrolment } from '@molecule/contract/host'
import type { ErrorCode } from '@molecule/contract/problem'
import { fakeLedger, Refusal } from './fake-ledger.ts'

/** What becomes of the calls of a route: a problem, a connection that breaks before or after the work. */
export type Fault = ErrorCode | 'break before' | 'break after'
type FaultOf = Fault | ((body: Record<string, unknown>) => Fault | undefined)

/** A server that speaks the host protocol, parsed by the contract, and misbehaves when told to. */
export async function fakeServer(overrides: Partial<Enrolment> = {}) {
  const workspaceId = randomUUID()
  const tokens = { boot: 'boot-1', host: 'host-1' }
  const closer = new AbortController()
  const ledger = fakeLedger(enrolmentOf(workspaceId, tokens, overrides), closer.signal)
  const calls: string[] = []
  const faults = new Map<string, FaultOf>()

  const server = createServer((request, response) => {
    void answer(request, response)
  })
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const route = request.url?.replace('/host/', '') ?? ''
    const text = await textOf(request)
    const body = text === '' ? {} : JSON.parse(text)
    calls.push(route)
    const planned = faults.get(route)
    const fault = typeof planned === 'function' ? planned(body) : planned
    if (fault === 'break before') return void request.socket.destroy()
    const token = route === 'enrol' ? tokens.boot : tokens.host
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    const isKnown = request.headers.authorization === `Bearer ${token}`
    const { status, json } = await resultOf(() => {
      if (!isKnown) throw new Refusal('unauthenticated')
      if (fault && fault !== 'break after') throw new Refusal(fault)
      return ledger.routes[route]?.(body, gone.signal)
    })
    if (fault === 'break after') return void request.socket.destroy()
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json))
  }

  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const port = await listen(0)
  const goDown = async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }

  return {
    ...ledger,
    workspaceId,
    url: `http://127.0.0.1:${port}`,
    tokens,
    calls,
    faults,
    goDown,
    /** At its own port or at another; answers which. */
    comeBack: (at = port) => listen(at),
    async close() {
      closer.abort()
      if (server.listening) await goDown()
    },
  }
}

export type FakeServer = Awaited<ReturnType<typeof fakeServer>>

const enrolmentOf =
  (workspaceId: string, tokens: { host: string }, overrides: Partial<Enrolment>) =>
  (incarnation: number): Enrolment => ({
    workspace_id: workspaceId as Enrolment['workspace_id'],
    incarnation,
    host_token: tokens.host,
    agent_token: 'agent-token',
    name: 'echo',
    role: null,
    model: 'none',
    runtime: 'command',
    runtime_config: { command: 'cat' },
    workspace_dir: null,
    max_concurrent_tasks: 1,
    session: 0,
    beat_every_ms: 300,
    kill_grace_ms: 300,
    ...overrides,
  })

const statusOf: Partial<Record<ErrorCode, number>> = {
  unauthenticated: 401,
  fenced: 409,
  invalid: 400,
  too_large: 413,
  not_found: 404,
  unavailable: 503,
  secrets_unreadable: 500,
}

async function resultOf(work: () => unknown) {
  try {
    return { status: 200, json: await work() }
  } catch (error) {
    const { code, extra } = error instanceof Refusal ? error : new Refusal('internal')
    return { status: statusOf[code] ?? 500, json: { code, detail: String(error), extra } }
  }
}

async function textOf(request: IncomingMessage) {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
