import type { OwnerLabel, WorkloadRef } from '../backend.ts'
import { pathPart } from './folders.ts'

/** Carried in the environment by all that belongs to one incarnation. */
export const runVariable = 'MOLECULE_RUN'
export const nodeVariable = 'MOLECULE_NODE'

export const runMarker = ({ owner, workspaceId, incarnation }: WorkloadRef) =>
  `${pathPart(owner.installId)}/${pathPart(workspaceId)}/${incarnation}`

/** The workload a marker names, if it is one of this owner's. */
export function refOf(marker: string, owner: OwnerLabel): WorkloadRef | undefined {
  const [, installId, workspaceId, incarnation] =
    marker.match(/^([^/]+)\/([A-Za-z0-9_-]+)\/(\d{1,15})$/) ?? []
  if (!workspaceId || !incarnation || installId !== owner.installId) return undefined
  return { workspaceId, incarnation: Number(incarnation), owner }
}
