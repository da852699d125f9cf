import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A wire between two programs of a test, which can be cut, and which can hold back what goes over it. */
export type Network = {
  readonly port: number
  /** Every connection breaks, and for so long no new one is made. */
  cut(forMs: number): Promise<void>
  /** From now on, calls of that path do not arrive. */
  hold(path: string): Hold
  close(): Promise<void>
}

export type Hold = {
  /** How many calls are held back. */
  caught(): number
  /** Lets them go on, and all that come. */
  release(): void
}

type Wire = { readonly caller: Socket; readonly upstream: Socket; held: Buffer[] | undefined }
type Held = { readonly path: string; caught: number }

/** Where the other end is; a name is not looked up. */
export type Target = { readonly hostname: string; readonly port: number }

export async function network(target: Target): Promise<Network> {
  const wires = new Set<Wire>()
  let holding: Held | undefined
  const accept = (caller: Socket) => {
    const upstream = connect(target.port, target.hostname)
    const wire: Wire = { caller, upstream, held: undefined }
    wires.add(wire)
    join(wire, () => holding)
    upstream.on('close', () => wires.delete(wire))
  }
  const server = createServer(accept)
  const port = await listen(server, 0)
  const breakAll = () => {
    for (const wire of wires) end(wire)
  }
  return {
    port,
    async cut(forMs) {
      const closed = once(server, 'close')
      server.close()
      breakAll()
      await closed
      await new Promise((resolve) => setTimeout(resolve, forMs))
      await listen(server, port)
    },
    hold(path) {
      const mine: Held = { path, caught: 0 }
      holding = mine
      return {
        caught: () => mine.caught,
        release() {
          if (holding === mine) holding = undefined
          for (const wire of wires) letGo(wire)
        },
      }
    },
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      breakAll()
      await closed
    },
  }
}

async function listen(server: Server, port: number): Promise<number> {
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

function end({ caller, upstream }: Wire): void {
  caller.destroy()
  upstream.destroy()
}

function join(wire: Wire, holding: () => Held | undefined): void {
  const { caller, upstream } = wire
  for (const socket of [caller, upstream]) {
    socket.on('error', () => {})
    socket.on('close', () => end(wire))
  }
  caller.on('data', (part) => {
    const held = holding()
    if (held !== undefined && wire.held === undefined && pathOf(part) === held.path) {
      held.caught += 1
      wire.held = []
    }
    if (wire.held) wire.held.push(part)
    else upstream.write(part)
  })
  upstream.on('data', (part) => caller.write(part))
}

function letGo(wire: Wire): void {
  const held = wire.held
  wire.held = undefined
  for (const part of held ?? []) wire.upstream.write(part)
}

/** A request begins a part of its own: its sender waits for the answer to the one before. */
const pathOf = (part: Buffer) => part.toString('latin1').match(/^POST (\S+) HTTP/)?.[1]
