import { z } from 'zod'
import type { OwnerLabel } from '../backend.ts'
import { type Engine, isStatus } from './engine.ts'
import { networkName, ownerLabels } from './names.ts'

export type ContainerNetwork = {
  readonly name: string
  /** The address of this machine in it. */
  readonly gateway: string | undefined
}

const Network = z.object({
  IPAM: z.object({ Config: z.array(z.object({ Gateway: z.string().optional() })).nullish() }),
})

/** The network that an operator named, or one of the installation's own, whose containers do not reach each other. */
export async function openNetwork(
  engine: Engine,
  owner: OwnerLabel,
  named: string | undefined,
  signal: AbortSignal,
): Promise<ContainerNetwork> {
  const name = named ?? networkName(owner)
  const found = await findNetwork(engine, name, signal)
  if (found) return found
  if (named !== undefined)
    throw new Error(`Docker has no network "${named}", which MOLECULE_DOCKER_NETWORK names`)
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
  return (await findNetwork(engine, name, signal)) ?? { name, gateway: undefined }
}

async function findNetwork(engine: Engine, name: string, signal: AbortSignal) {
  try {
    const { IPAM } = Network.parse(
      await engine.json({ method: 'GET', path: ['networks', name] }, signal),
    )
    const gateway = IPAM.Config?.find(({ Gateway }) => Gateway?.includes('.'))?.Gateway
    // The engine may give it with the length of the prefix.
    return { name, gateway: gateway?.split('/')[0] }
  } catch (error) {
    if (isStatus(error, 404)) return undefined
    throw error
  }
}
