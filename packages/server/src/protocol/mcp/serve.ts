import { createMcpHandler, McpServer, type McpServerFactory } from '@modelcontextprotocol/server'
import type { WorkspaceRow } from '../../db/tables.ts'
import type { Api } from './api.ts'
import { messageTools } from './message-tools.ts'
import { operatorTools } from './operator-tools.ts'
import { register } from './tool.ts'
import { workspaceTools } from './workspace-tools.ts'

type Serving = {
  parsedBody: unknown
  api: Api
  /** Whose tools; undefined for those of an operator. */
  workspace: WorkspaceRow | undefined
  /** Its agent takes work itself. */
  takesWork: boolean
  version: string
  log: { warn(fields: object, message: string): void }
}

/** Answers one request of the protocol. */
export async function serveMcp(request: Request, serving: Serving): Promise<Response> {
  const { parsedBody, log } = serving
  return answerMcp(request, {
    parsedBody,
    factory: () => serverOf(serving),
    onError: (error) => log.warn({ error: error.message }, 'an MCP request was refused'),
  })
}

type Answering = {
  parsedBody: unknown
  factory: McpServerFactory
  onError: (error: Error) => void
}

/** Any server behind the same transport. */
export function answerMcp(
  request: Request,
  { parsedBody, factory, onError }: Answering,
): Promise<Response> {
  const { fetch } = createMcpHandler(factory, { onerror: onError })
  return fetch(request, parsedBody === undefined ? {} : { parsedBody })
}

function serverOf({ api, workspace, takesWork, version }: Serving): McpServer {
  const server = new McpServer(
    { name: 'molecule', title: 'Molecule', version },
    { instructions: workspace ? forAgent(workspace) : forOperator },
  )
  const tools = workspace ? [...workspaceTools, ...messageTools(takesWork)] : operatorTools
  register(server, tools, { api, workspace: workspace?.id ?? '' })
  return server
}

const forAgent = ({ name, role }: WorkspaceRow) =>
  `You are ${name}${role ? ` (${role})` : ''} in an organization of agents. Look at list_peers before you give work away, ask with delegate_task, and tell people with send_message_to_user.`

const forOperator =
  'These tools steer an organization of agents for the person you work for. Look at list_workspaces first, ask with ask_workspace, and see with explain_task why work stands still.'
