import type { WorkspaceId } from '@molecule/contract/id'
import type { Owner } from './config-store.ts'

export const workspaceOwner = ({ orgId, id }: { orgId: string; id: WorkspaceId }): Owner => ({
  orgId,
  kind: 'workspace',
  id,
})

export const templateOwner = ({ orgId, id }: { orgId: string; id: string }): Owner => ({
  orgId,
  // Ids of templates are names of an org.
  id: `${orgId}/${id}`,
  kind: 'template',
})
