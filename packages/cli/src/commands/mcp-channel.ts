import { setTimeout as sleep } from 'node:timers/promises'
import type { JSONRPCMessage } from '@modelcontextprotocol/client'
import type { WorkItem } from '@molecule/contract/work'
import { type Client, MoleculeError } from '@molecule/sdk'

type Of = {
  client: Client
  workspaceId: string
  send: (message: JSONRPCMessage) => Promise<void>
  note: (text: string) => void
  signal: AbortSignal
}

const waitS = 25
/** Work that the assistant neither begins nor completes is handed out again: nothing is lost with its window. */
const leaseS = 300
const pauseMs = 5000

const capability = 'claude/channel'

/** An answer that tells what the server can do tells of the channel too; any other stays as it is. */
export function withChannel(message: JSONRPCMessage): JSONRPCMessage {
  if (!('result' in message)) return message
  const result = message.result as { capabilities?: Record<string, unknown> }
  if (typeof result.capabilities !== 'object') return message
  const { experimental } = result.capabilities as { experimental?: object }
  const capabilities = {
    ...result.capabilities,
    experimental: { ...experimental, [capability]: {} },
  }
  return { ...message, result: { ...result, capabilities } } as JSONRPCMessage
}

/** Tells the assistant of work as it comes, so that it need not ask; it answers with the tools of the workspace. */
export async function followWork({ client, workspaceId, send, note, signal }: Of): Promise<void> {
  while (!signal.aborted) {
    try {
      const asked = { limit: 1, wait_s: waitS, lease_s: leaseS }
      const { items } = await client.work.lease(workspaceId, asked, { signal })
      for (const item of items) await send(noticeOf(item, workspaceId))
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof MoleculeError && error.problem.status === 401)
        return note('The token is not valid any more: no work is told of until it is replaced.')
      await sleep(pauseMs, undefined, { signal }).catch(() => {})
    }
  }
}

const noticeOf = (item: WorkItem, workspaceId: string) =>
  ({
    jsonrpc: '2.0',
    method: 'notifications/claude/channel',
    params: {
      content: `${item.text}\n\n(Answer with complete_task and these task_id, attempt and fence; what takes long is begun with start_task.)`,
      meta: {
        source: 'molecule',
        kind: item.caller.kind === 'workspace' ? 'peer_agent' : 'canvas_user',
        workspace_id: workspaceId,
        peer_id: item.caller.kind === 'workspace' ? item.caller.id : '',
        task_id: item.task_id,
        attempt: String(item.attempt),
        fence: String(item.fence),
      },
    },
  }) as JSONRPCMessage
