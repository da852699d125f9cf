import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** Where a connection is cut: before the server gets the request, or before the caller gets the answer. */
export type Side = 'request' | 'answer'

export type CuttingProxy = {
  readonly url: string
  /** Cuts the next calls of that path, one for each side named, in this order. */
  cut(path: string, sides: readonly Side[]): void
  /** Cuts that are still to come. */
  left(): string[]
}

/** A network between agents and server that breaks when a call of a chosen path crosses it. */
export async function givenCuttingProxy(target: URL): Promise<CuttingProxy> {
  const planned = new Map<string, Side[]>()
  const open = new Set<Socket>()
  const server = createServer((caller) => {
    const upstream = connect(Number(target.port), target.hostname)
    for (const socket of [caller, upstream]) {
      open.add(socket)
      socket.on('error', () => {})
      socket.on('close', () => open.delete(socket))
    }
    pass(caller, upstream, planned)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(async () => {
    for (const socket of open) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: (path, sides) => void planned.set(path, [...sides]),
    left: () => [...planned].flatMap(([path, sides]) => sides.map((side) => `${path} ${side}`)),
  }
}

function pass(caller: Socket, upstream: Socket, planned: Map<string, Side[]>) {
  let isAnswerCut = false
  const cut = () => {
    caller.destroy()
    upstream.destroy()
  }
  caller.on('data', (part) => {
    const side = planned.get(pathOf(part))?.shift()
    if (side === 'request') return cut()
    isAnswerCut ||= side === 'answer'
    upstream.write(part)
  })
  upstream.on('data', (part) => (isAnswerCut ? cut() : caller.write(part)))
  caller.on('close', cut)
  upstream.on('close', cut)
}

/** A request begins a part of its own: its sender waits for the answer to the one before. */
const pathOf = (part: Buffer) => part.toString('latin1').match(/^POST (\S+) HTTP/)?.[1] ?? ''
