import type { WorkspaceTemplateId } from '@molecule/contract/workspace-template'
import type { Fixed, Milliseconds } from './column.ts'

/** Whose files they are: a workspace's, or those of a template. */
type OwnerKind = 'workspace' | 'template'

export interface ConfigVersionTable {
  ownerKind: Fixed<OwnerKind>
  ownerId: Fixed<string>
  /** From 1 on. */
  version: Fixed<number>
  orgId: Fixed<string>
  author: Fixed<string>
  note: Fixed<string>
  restoredFrom: Fixed<number | null>
  createdAt: Fixed<Milliseconds>
}

export interface ConfigFileTable {
  ownerKind: Fixed<OwnerKind>
  ownerId: Fixed<string>
  version: Fixed<number>
  path: Fixed<string>
  orgId: Fixed<string>
  hash: Fixed<string>
}

export interface ConfigBlobTable {
  orgId: Fixed<string>
  /** SHA-256 of the content, in hex. */
  hash: Fixed<string>
  content: Fixed<string>
}

export interface WorkspaceTemplateTable {
  id: Fixed<WorkspaceTemplateId>
  orgId: Fixed<string>
  name: string
  description: string
  createdAt: Fixed<Milliseconds>
  updatedAt: Milliseconds
}
