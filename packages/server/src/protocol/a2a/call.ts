import type { WorkspaceRow } from '../../db/tables.ts'
import type { Principal } from '../../domain/identity/principal.ts'
import type { Services } from '../../http/context.ts'
import type { Version } from './version.ts'

export type Call = {
  services: Services
  principal: Principal
  workspace: WorkspaceRow
  /** Ends with the connection of the caller. */
  signal: AbortSignal
  /** How long a blocking send stays on the line. */
  timeoutS: number
  /** What the caller speaks, and is told of its task in. */
  version: Version
}
