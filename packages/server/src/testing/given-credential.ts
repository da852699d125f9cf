import type { WorkspaceId } from '@molecule/contract/id'
import { dbNow } from '../db/dialect/dialect.ts'
import { transact } from '../db/transact.ts'
import { mintCredential } from '../domain/identity/credential-store.ts'
import { moveWorkspace } from '../domain/workspace/workspace-status.ts'
import type { TestServer } from './test-server.ts'

export type Credentials = { boot: string; host: string; agent: string }

/** A workspace that is online as far as the server knows, and the tokens of its incarnation: the test plays its host. */
export async function givenHosted(
  server: TestServer,
  input: { name: string; parent_id?: string; max_concurrent_tasks?: number },
): Promise<{ id: WorkspaceId } & Credentials> {
  const { id } = await server.client.workspaces.create({
    ...input,
    runtime: 'command',
    runtime_config: { command: 'cat' },
  })
  const tokens = await transact(server.db, async (tx) => {
    const now = await dbNow(tx)
    await moveWorkspace(tx, id, 'begin', {
      incarnation: 7,
      startedGeneration: 1,
      provisionPhase: 'start',
      provisionStartedAt: now,
      backend: 'elsewhere',
      nodeId: 'elsewhere',
      nextStartAt: null,
    })
    const bound = { orgId: server.installation.orgId, workspaceId: id, incarnation: 7, now }
    const mint = (kind: keyof Credentials) => mintCredential(tx, { ...bound, kind })
    return { boot: await mint('boot'), host: await mint('host'), agent: await mint('agent') }
  })
  return { id, ...tokens }
}
