import type { WorkspaceRow } from '../../db/tables.ts'
import type { Vault } from '../../domain/secret/data-key.ts'
import { secretOf } from '../../domain/secret/secret-values.ts'
import type { AgentClient } from '../../domain/task/called-agent.ts'
import type { OutboundGuard } from '../../lib/outbound/outbound-guard.ts'
import { agentClient } from './agent-client.ts'

/** Name of the secret that is sent to the agent of a workspace as a bearer token. */
const TOKEN = 'A2A_TOKEN'

/** How the agent of a workspace that wants to be called is called. */
export async function agentFor(
  { outbound, ...vault }: Vault & { outbound: OutboundGuard },
  workspace: WorkspaceRow,
): Promise<AgentClient> {
  return agentClient({
    outbound,
    url: workspace.url ?? '',
    card: workspace.agentCard,
    token: await secretOf(vault, workspace, TOKEN),
  })
}
