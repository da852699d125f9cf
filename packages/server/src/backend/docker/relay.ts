import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Lets containers reach a server that listens on the loopback address only. */
export type Relay = {
  /** The address for containers. Begins to listen, and does nothing more when it listens already. */
  open(gateway: string): Promise<string>
  close(): Promise<void>
}

export type RelayOptions = {
  /** Where the server of this machine listens now. */
  readonly target: () => string
  /** Remembers the port: containers that outlive the server must find it again. */
  readonly portFile: string
}

type Listening = { gateway: string; port: number; close(): Promise<void> }

/** Passes connections to a container network's gateway address, which is this machine, on to the server. */
export function relay(options: RelayOptions): Relay {
  let current: Promise<Listening> | undefined
  const begin = async (gateway: string, former: Promise<Listening> | undefined) => {
    const before = await former?.catch(() => undefined)
    if (before?.gateway === gateway) return before
    await before?.close()
    return listenAt(gateway, options)
  }
  return {
    async open(gateway) {
      current = begin(gateway, current)
      const { port } = await current
      return `http://${gateway}:${port}`
    },
    async close() {
      const listening = await current?.catch(() => undefined)
      current = undefined
      await listening?.close()
    },
  }
}

async function listenAt(gateway: string, { target, portFile }: RelayOptions): Promise<Listening> {
  const open = new Set<Socket>()
  const server = createServer((caller) => pass(caller, new URL(target()), open))
  const port = await bind(server, gateway, await rememberedPort(portFile))
  await writeFile(portFile, `${port}\n`)
  return {
    gateway,
    port,
    async close() {
      server.close()
      for (const socket of open) socket.destroy()
      if (server.listening) await once(server, 'close')
    },
  }
}

function pass(caller: Socket, { hostname, port }: URL, open: Set<Socket>) {
  const server = connect(Number(port) || 80, hostname.replace(/^\[|\]$/g, ''))
  for (const [socket, other] of [
    [caller, server],
    [server, caller],
  ] as const) {
    open.add(socket)
    socket.pipe(other)
    socket.on('error', () => other.destroy())
    socket.on('close', () => {
      open.delete(socket)
      other.destroy()
    })
  }
}

const rememberedPort = async (portFile: string) =>
  Number(await readFile(portFile, 'utf8').catch(() => '')) || 0

/** At the port that was used before, or at a free one when another program has it. */
async function bind(server: Server, gateway: string, wanted: number): Promise<number> {
  try {
    server.listen(wanted, gateway)
    await once(server, 'listening')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (wanted !== 0 && code === 'EADDRINUSE') return bind(server, gateway, 0)
    throw unreachable(gateway, String(code ?? error))
  }
  return (server.address() as AddressInfo).port
}

const unreachable = (gateway: string, why: string) =>
  new Error(
    `containers can not reach this server: it can not listen on ${gateway}, the gateway of their network (${why}). ` +
      'Set HOST to an address that containers reach, and EXTERNAL_PLATFORM_URL to the URL with it.',
  )
