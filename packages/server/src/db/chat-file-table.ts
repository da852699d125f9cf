import type { WorkspaceId } from '@molecule/contract/id'
import type { Fixed, Milliseconds } from './column.ts'

export interface ChatFileTable {
  id: Fixed<string>
  orgId: Fixed<string>
  workspaceId: Fixed<WorkspaceId>
  name: Fixed<string>
  mimeType: Fixed<string>
  sizeBytes: Fixed<number>
  /** Who sent it, as the audit log names actors. */
  sentBy: Fixed<string>
  createdAt: Fixed<Milliseconds>
}
