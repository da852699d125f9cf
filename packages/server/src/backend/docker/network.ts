import { z } from 'zod'
import type { OwnerLabel } from '../backend.ts'
import { sharedStarts } from '../shared-starts.ts'
import { type Engine, isStatus } from './engine.ts'
import { networkName, ownerLabels } from './names.ts'

export type ContainerNetwork = {
  readonly id: string
  /** The address of this machine in it. */
  readonly gateway: string | undefined
}

const Networks = z.array(
  z.object({
    Id: z.string(),
    Name: z.string(),
    Created: z.string(),
    IPAM: z.object({ Config: z.array(z.object({ Gateway: z.string().optional() })).nullish() }),
  }),
)

/** The network that an operator named, or one of the installation's own, whose containers do not reach each other. */
export function openNetwork(
  engine: Engine,
  owner: OwnerLabel,
  named: string | undefined,
  signal: AbortSignal,
): Promise<ContainerNetwork> {
  const name = named ?? networkName(owner)
  return opening(`${engine.socketPath} ${name}`, async () => {
    const [found] = await networksNamed(engine, name, signal)
    if (found) return found
    if (named === undefined) return make(engine, owner, signal)
    throw new Error(`Docker has no network "${named}", which MOLECULE_DOCKER_NETWORK names`)
  })
}

/** An engine that is asked twice at once makes two networks of one name; within a process nobody asks twice. */
const opening = sharedStarts<ContainerNetwork>()

async function make(engine: Engine, owner: OwnerLabel, signal: AbortSignal) {
  const name = networkName(owner)
  const body = {
    Name: name,
    CheckDuplicate: true,
    Driver: 'bridge',
    Labels: ownerLabels(owner),
    Options: { 'com.docker.network.bridge.enable_icc': 'false' },
  }
  const create = engine.call({ method: 'POST', path: ['networks', 'create'], body }, signal)
  await create.catch((error) => {
    // Somebody else made it meanwhile.
    if (!isStatus(error, 409)) throw error
  })
  return onlyOne(engine, name, signal)
}

/** A server that died may have asked just before: all agree on the first, and the others go. */
async function onlyOne(engine: Engine, name: string, signal: AbortSignal) {
  const [first, ...others] = await networksNamed(engine, name, signal)
  if (!first) throw new Error(`Docker's network ${name} was removed as soon as it was made`)
  for (const { id } of others)
    await engine.call({ method: 'DELETE', path: ['networks', id] }, signal).catch(() => {})
  return first
}

/** Oldest first. */
async function networksNamed(
  engine: Engine,
  name: string,
  signal: AbortSignal,
): Promise<ContainerNetwork[]> {
  const query = { filters: JSON.stringify({ name: [name] }) }
  const networks = Networks.parse(
    await engine.json({ method: 'GET', path: ['networks'], query }, signal),
  )
  return networks
    .filter((each) => each.Name === name)
    .toSorted((a, b) => (a.Created + a.Id < b.Created + b.Id ? -1 : 1))
    .map(({ Id, IPAM }) => {
      const gateway = IPAM.Config?.find(({ Gateway }) => Gateway?.includes('.'))?.Gateway
      // The engine may give it with the length of the prefix.
      return { id: Id, gateway: gateway?.split('/')[0] }
    })
}
