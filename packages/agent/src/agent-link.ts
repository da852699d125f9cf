import type { ReportActivity } from '@molecule/contract/activity'
import type { Enrolment } from '@molecule/contract/host'
import { type Fetch, moleculeClient } from '@molecule/sdk'
import type { ServerAddress } from './server-address.ts'

/** A server that is slow holds up no task. */
const limitMs = 5000

type Way = { readonly address: ServerAddress; readonly fetch: Fetch }

type Who = Pick<Enrolment, 'workspace_id' | 'agent_token'>

/** Calls with the token of the programs of the workspace, each made once and within a few seconds. */
export function agentLink({ workspace_id: id, agent_token: token }: Who, way: Way) {
  const client = () => moleculeClient({ baseUrl: way.address.url(), token, fetch: way.fetch })
  const call = () => ({ signal: AbortSignal.timeout(limitMs) })
  return {
    /** Whom the workspace may ask. */
    peers: () => client().registry.peers(id, {}, call()),
    /** Of the program that works on a task, before it ends. */
    ask: (task: string, question: string) => client().tasks.question(task, question, call()),
    reportActivity: (report: Pick<ReportActivity, 'activity_type'> & Partial<ReportActivity>) =>
      client().workspaces.reportActivity(id, report, call()),
  }
}

export type AgentLink = ReturnType<typeof agentLink>
