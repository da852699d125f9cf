import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { StartError } from './start-error.ts'
import { refuseAddress, refuseUnreadable } from './unreadable.ts'

type Fetch = (request: Request) => Response | Promise<Response>

/** Long-polls take up to 25 s; a client that sends its request more slowly than this is cut off. */
const REQUEST_MS = 60_000

export async function listen(
  fetch: Fetch,
  { host, port }: { host: string; port: number },
): Promise<{ server: Server; port: number }> {
  // The app answers its own failures; what comes here could not even be made a request.
  const answer = getRequestListener(fetch, { errorHandler: refuseAddress })
  const server = createServer({ requestTimeout: REQUEST_MS }, answer)
  server.on('clientError', refuseUnreadable)
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(error, host, port)))
    server.listen(port, host, resolve)
  })
  return { server, port: (server.address() as AddressInfo).port }
}

const noSuchAddress = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL'])

function cannotListen(error: Error, host: string, port: number): Error {
  const code = 'code' in error ? String(error.code) : undefined
  if (code === 'EADDRINUSE')
    return new StartError(
      `Port ${port} on ${host} is taken by another program.`,
      `Stop that program, or choose another port: PORT=${port === 65_535 ? 0 : port + 1} npm start`,
    )
  if (code === 'EACCES')
    return new StartError(`This user may not listen on port ${port}.`, 'Choose a PORT above 1023.')
  if (code !== undefined && noSuchAddress.has(code))
    return new StartError(
      `This machine has no address ${host}.`,
      'Set HOST to 127.0.0.1, or to an address of this machine.',
    )
  return error
}

const SWEEP_MS = 20

/** Stops taking connections, and ends those that idle or come to idle; the rest may finish for a moment. */
export async function closeServer(server: Server, patienceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
  const cut = setTimeout(() => server.closeAllConnections(), patienceMs)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}

/** The address that a program of this machine can dial. */
export function localUrl(host: string, port: number): string {
  const dialled = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${dialled.includes(':') ? `[${dialled}]` : dialled}:${port}`
}
