import { type JSONRPCMessage, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import type { Command } from 'commander'
import { type Cli, clientFor } from '../cli.ts'
import { usageError } from '../cli-error.ts'
import { given } from '../environment.ts'
import { workspaceIdOf } from '../find-workspace.ts'
import { followWork, withChannel } from './mcp-channel.ts'

type Options = { workspace?: string; operator?: boolean; channel?: boolean }

export function mcp(command: Command, cli: Cli) {
  command
    .option('--workspace <ws>', 'tools of this workspace (default: WORKSPACE_ID)')
    .option('--operator', 'tools to steer the organization')
    .option('--channel', 'tell a client that has channels of work as it comes')
    .action(async (options: Options) => {
      const { connection, signal, stdin } = cli
      const { url, token } = connection()
      if (options.operator) return bridge(new URL(`${url}/mcp`), { token, signal, stdin })
      const workspaceId = await workspaceOf(cli, options)
      const channel = options.channel ? channelOf(cli, workspaceId) : undefined
      const tools = new URL(`${url}/workspaces/${workspaceId}/mcp`)
      return bridge(tools, { token, signal, stdin, channel })
    })
}

const channelOf =
  (cli: Cli, workspaceId: string): Channel =>
  (send, signal) =>
    followWork({
      ...{ client: clientFor(cli.connection()), workspaceId, send, signal },
      note: cli.out.note,
    })

async function workspaceOf(cli: Cli, { workspace }: Options): Promise<string> {
  const own = given(workspace) ?? given(cli.env.WORKSPACE_ID)
  if (own === undefined)
    throw usageError(
      'Whose tools is not said.',
      'Set WORKSPACE_ID, name one with --workspace, or take those of an operator with --operator.',
    )
  const isId = /^[0-9a-f-]{36}$/i.test(own)
  return isId ? own : workspaceIdOf(cli.client(), own, cli.signal)
}

/** Runs beside the calls, and sends what the client has not asked for. */
type Channel = (
  send: (message: JSONRPCMessage) => Promise<void>,
  signal: AbortSignal,
) => Promise<void>

type Way = {
  token: string | undefined
  signal: AbortSignal
  stdin: NodeJS.ReadStream
  channel?: Channel | undefined
}

/** Carries messages of the protocol between standard input and output and the server, until either is closed. */
async function bridge(url: URL, { token, signal, stdin, channel }: Way): Promise<void> {
  const local = new StdioServerTransport()
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
  const remote = new StreamableHTTPClientTransport(url, { requestInit: { headers } })
  const closed = new Promise<void>((resolve) => {
    local.onclose = resolve
    stdin.once('end', resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  remote.onmessage = (message) => {
    const version = versionIn(message)
    if (version !== undefined) remote.setProtocolVersion(version)
    void local.send(channel ? withChannel(message) : message)
  }
  const over = new AbortController()
  let telling: Promise<void> | undefined
  const pending = new Set<Promise<void>>()
  local.onmessage = (message) => {
    if (isAcquainted(message)) telling ??= channel?.((told) => local.send(told), over.signal)
    const sent = remote.send(message).catch((error: unknown) => local.send(failed(message, error)))
    pending.add(sent)
    void sent.finally(() => pending.delete(sent))
  }
  await remote.start()
  await local.start()
  await closed
  over.abort()
  await telling
  if (!signal.aborted) await Promise.all(pending)
  await remote.close()
  await local.close()
}

const greetings = new Set(['initialize', 'server/discover', 'ping'])

/** Before that a client takes nothing that it has not asked for. */
const isAcquainted = (message: JSONRPCMessage) =>
  'method' in message && !greetings.has(message.method)

/** What the server has agreed to speak, for the header of all that follows. */
function versionIn(message: JSONRPCMessage): string | undefined {
  const result = 'result' in message ? (message.result as Record<string, unknown>) : {}
  return typeof result.protocolVersion === 'string' ? result.protocolVersion : undefined
}

/** The client gets an answer to everything it asks, though the server may be gone. */
function failed(message: JSONRPCMessage, error: unknown): JSONRPCMessage {
  const id = 'id' in message && message.id !== undefined ? message.id : null
  const why = error instanceof Error ? error.message : String(error)
  return {
    jsonrpc: '2.0',
    id,
    error: { code: -32_000, message: `The server cannot be asked: ${why}` },
  } as JSONRPCMessage
}
