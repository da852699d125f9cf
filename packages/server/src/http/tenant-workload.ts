import { createHash } from 'node:crypto'
import type { PlacedWorkload, Workload, WorkloadOwner } from '@molecule/contract/backend-host'
import type { BackendHandle, OwnerLabel, WorkloadRef } from '../backend/backend.ts'
import type { Tenant } from '../domain/identity/tenant.ts'

/**
 * The ids under which our backends know the workloads of a tenant. Installation and workspace both carry the tenant, so whatever a
 * backend keys its folders, containers and labels by, no tenant can name those of another, or ours.
 */
export function ownerFor(tenant: Tenant, { node_id }: WorkloadOwner): OwnerLabel {
  return { installId: `tenant-${tenantKey(tenant)}`, nodeId: node_id }
}

export function refFor(tenant: Tenant, workload: Workload): WorkloadRef {
  return {
    workspaceId: `${tenantKey(tenant)}-${workload.workspace_id}`,
    incarnation: workload.incarnation,
    owner: ownerFor(tenant, workload.owner),
  }
}

export function handleOf(tenant: Tenant, workload: PlacedWorkload): BackendHandle {
  const { backend: within } = workload
  const ref = refFor(tenant, workload)
  return { ...ref, backend: 'served', ...(within === undefined ? {} : { within }) }
}

/** The id that the tenant knows the workspace by; nothing for one that is not of this tenant. */
export function workspaceOf(tenant: Tenant, { workspaceId }: WorkloadRef): string | undefined {
  const prefix = `${tenantKey(tenant)}-`
  return workspaceId.startsWith(prefix) ? workspaceId.slice(prefix.length) : undefined
}

const KEY_LENGTH = 32

/** 128 bits: nobody finds another name and installation with the same key. */
const tenantKey = ({ name, installId }: Tenant) =>
  createHash('sha256')
    .update(JSON.stringify([name, installId]))
    .digest('hex')
    .slice(0, KEY_LENGTH)
