import { insertEvent } from '../db/publish.ts'
import type { Db, NewEvent, Tx } from '../db/tables.ts'
import { transact } from '../db/transact.ts'

type Given = Partial<Omit<NewEvent, 'id' | 'seq'>>

export const givenEvent = (db: Db, event: Given = {}) => transact(db, (tx) => addEvent(tx, event))

export function addEvent(tx: Tx, event: Given = {}): Promise<void> {
  return insertEvent(tx, {
    orgId: 'org',
    event: 'WORKSPACE_ONLINE',
    workspaceId: 'ws' as NewEvent['workspaceId'],
    entity: 'workspace',
    entityId: 'ws',
    rev: 1,
    actor: 'test',
    payload: {},
    at: 1,
    ...event,
  })
}
