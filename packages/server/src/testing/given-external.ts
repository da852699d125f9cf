import type { WorkspaceId } from '@molecule/contract/id'
import type { CreateWorkspace, Workspace } from '@molecule/contract/workspace'
import type { WorkspaceRow } from '../db/tables.ts'
import { transact } from '../db/transact.ts'
import { workspaceById } from '../domain/workspace/workspace-store.ts'
import type { TestServer } from './test-server.ts'

/** A workspace whose agent runs elsewhere; the test plays the agent. */
export type External = {
  id: WorkspaceId
  token: string
  /** A request with the token of the workspace. */
  call: (method: string, path: string, body?: object) => Promise<Response>
  /** The row as people see it. */
  row: () => Promise<Workspace>
}

export async function givenExternal(
  server: TestServer,
  input: Partial<CreateWorkspace> & { name: string },
): Promise<External> {
  const { id, connection } = await server.client.workspaces.create({ external: true, ...input })
  if (!connection) throw new Error('the answer has no connection')
  const token = connection.auth_token
  const call: External['call'] = (method, path, body) =>
    server.request(method, path, {
      headers: { authorization: `Bearer ${token}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
  return { id, token, call, row: () => server.client.workspaces.get(id) }
}

/** Writes columns as no move would: for states that the test does not reach by itself. */
export async function pretend(
  { db }: TestServer,
  id: WorkspaceId,
  change: Partial<WorkspaceRow>,
): Promise<void> {
  await transact(db, (tx) =>
    tx
      .updateTable('workspaces')
      .set(change as object)
      .where('id', '=', id)
      .execute(),
  )
}

export const statusOf = async ({ db }: TestServer, id: WorkspaceId) =>
  (await workspaceById(db, id))?.status

/** The events of a workspace, in order. */
export async function eventNames({ db }: TestServer, id: WorkspaceId): Promise<string[]> {
  const rows = await db
    .selectFrom('events')
    .select('event')
    .where('workspaceId', '=', id)
    .orderBy('id')
    .execute()
  return rows.map(({ event }) => event)
}
