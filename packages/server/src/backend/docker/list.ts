import { z } from 'zod'
import type { OwnerLabel, WorkloadRef } from '../backend.ts'
import type { Engine } from './engine.ts'
import { labelFilter, ownerLabels, refOfLabels } from './names.ts'

const Listed = z.array(
  z.object({ Id: z.string(), State: z.string(), Labels: z.record(z.string(), z.string()) }),
)
export type ListedContainer = z.infer<typeof Listed>[number]

/** Every container that carries these labels, ended ones included. */
export async function containersLabelled(
  engine: Engine,
  labels: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<ListedContainer[]> {
  const query = { all: 'true', ...labelFilter(labels) }
  return Listed.parse(
    await engine.json({ method: 'GET', path: ['containers', 'json'], query }, signal),
  )
}

export const isAlive = ({ State }: ListedContainer) =>
  ['running', 'paused', 'restarting'].includes(State)

export async function workloadsOf(
  engine: Engine,
  owner: OwnerLabel,
  signal: AbortSignal,
): Promise<WorkloadRef[]> {
  const found = await containersLabelled(engine, ownerLabels(owner), signal)
  return found.filter(isAlive).flatMap(({ Labels }) => refOfLabels(Labels, owner) ?? [])
}
