import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Problem } from '@molecule/contract/problem'
import { routes } from './contract-routes.ts'
import { type Asked, type ContractState, Refused } from './contract-state.ts'

/** A small server that speaks the contract over real HTTP. */
export async function contractServer(given: Partial<ContractState> = {}) {
  const state: ContractState = {
    token: 'right-token',
    pid: process.pid,
    workspaces: [],
    tasks: [],
    output: [],
    events: [],
    inbox: [],
    activity: [],
    orgTokens: [],
    workspaceTokens: [],
    sessions: [],
    schedules: [],
    config: { version: 1, files: { 'config.yaml': '# ours\nname: Lead\n' } },
    webhooks: [],
    secrets: [],
    needsRestart: [],
    resources: [],
    log: [],
    checks: [{ name: 'database', ok: true, detail: 'fine' }],
    audit: [],
    onCreate: {},
    onAsk: () => ({}),
    agents: 2,
    onShutdown: () => {},
    ...given,
  }
  const asked: Asked[] = []
  const hooks: Hooks = { hook: () => false }
  const server = createServer(async (request, response) => {
    const call = await read(request)
    asked.push(call)
    if (hooks.hook(call)) request.socket.destroy()
    else reply(response, answerTo(state, call, request.headers.authorization))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return Object.assign(hooks, {
    url: `http://127.0.0.1:${port}`,
    state,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  })
}

/** True breaks the connection off, as a server does that goes away. */
type Hooks = { hook: (call: Asked) => boolean }

async function read(request: IncomingMessage): Promise<Asked> {
  const url = new URL(request.url ?? '/', 'http://server')
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    body: text === '' ? undefined : JSON.parse(text),
  }
}

type Reply = { status: number; body?: unknown; text?: string }

function reply(response: ServerResponse, { status, body, text }: Reply) {
  if (text !== undefined)
    return response.writeHead(status, { 'content-type': 'text/plain' }).end(text)
  return response
    .writeHead(status, { 'content-type': 'application/json' })
    .end(JSON.stringify(body))
}

function answerTo(state: ContractState, call: Asked, authorization: string | undefined) {
  try {
    const isPublic = call.path === '/health' || call.path === '/readyz'
    if (!isPublic && authorization !== `Bearer ${state.token}`)
      throw new Refused(401, 'unauthenticated', 'the credential is missing or wrong')
    for (const { method, pattern, answer } of routes) {
      const match = call.method === method ? pattern.exec(call.path) : null
      if (match) return { status: 200, ...answer(state, call, match[1] ?? '') }
    }
    throw new Refused(404, 'not_found', `${call.method} ${call.path} is no route`)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return { status: error.status, body: problemOf(error) }
  }
}

const problemOf = ({ status, code, message }: Refused) =>
  Problem.parse({
    type: 'about:blank',
    title: code,
    status,
    code,
    detail: message,
    hint: `hint for ${code}`,
    retryable: false,
    trace_id: 'trace',
    error: message,
    ...(code === 'invalid' ? { fields: [{ path: 'name', message: 'is too long' }] } : {}),
  })
