import { join } from 'node:path'
import type { OwnerLabel } from '../backend.ts'
import type { Engine } from './engine.ts'
import { openNetwork } from './network.ts'
import { relay } from './relay.ts'

type Opened = { network: string; url: string | undefined }

/** Where containers are, and how they reach the server from there. */
export type Place = {
  /** Without an address, hosts dial the one they are given. */
  open(signal: AbortSignal): Promise<Opened>
  /** Containers that outlived a server look for the next one where the last one was. */
  reopen(signal: AbortSignal): Promise<void>
  close(): Promise<void>
}

export type PlaceOptions = {
  readonly engine: Engine
  readonly owner: OwnerLabel
  /** Name of a network that is there already; without it the installation gets one of its own. */
  readonly network: string | undefined
  /** Where the server listens now; nothing for hosts of another server. */
  readonly serverUrl: (() => string) | undefined
  /** Containers reach the server at that address; otherwise it is relayed to them. */
  readonly isReachable: boolean
  /** Absolute. Keeps the port of the relay. */
  readonly dataDir: string
}

export function placeOf(options: PlaceOptions): Place {
  const { engine, owner, network: named, serverUrl, dataDir } = options
  const target = serverUrl ?? noServer
  const server = relay({ target, portFile: join(dataDir, 'docker-port') })
  const isDirect = options.isReachable || named === 'host' || serverUrl === undefined
  let isOpen = isDirect
  let opening: Promise<Opened> | undefined

  const openOnce = async (signal: AbortSignal) => {
    const { id, gateway } = await openNetwork(engine, owner, named, signal)
    if (isDirect) return { network: named === 'host' ? named : id, url: serverUrl?.() }
    if (gateway === undefined) throw noGateway(named ?? id)
    const url = await server.open(gateway)
    isOpen = true
    return { network: id, url }
  }
  const open = (signal: AbortSignal) => {
    opening ??= openOnce(signal).finally(() => {
      opening = undefined
    })
    return opening
  }
  return {
    open,
    async reopen(signal) {
      if (!isOpen) await open(signal)
    },
    async close() {
      await opening?.catch(() => {})
      await server.close()
      isOpen = isDirect
    },
  }
}

const noServer = () => {
  throw new Error('hosts of another server are relayed to none')
}

const noGateway = (network: string) =>
  new Error(
    `Docker's network "${network}" names no address of this machine, so containers can not be told where the server is. ` +
      'Leave MOLECULE_DOCKER_NETWORK out, or set HOST and EXTERNAL_PLATFORM_URL to an address that containers reach.',
  )
