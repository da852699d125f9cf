import { randomUUID } from 'node:crypto'
import type { WorkspaceId } from '@molecule/contract/id'
import { expect, test } from 'vitest'
import { givenOrg, givenWorkspace } from '../../testing/given.ts'
import { testDb } from '../../testing/test-db.ts'
import { workspaceById } from '../workspace/workspace-store.ts'
import { heartbeats } from './heartbeats.ts'

test('reports of more agents than one statement takes are all written', async () => {
  const db = await testDb()
  const { id, incarnation } = await givenWorkspace(db, await givenOrg(db))
  const gathered = heartbeats(db)
  const others = Array.from({ length: 700 }, () => randomUUID() as WorkspaceId)

  for (const workspaceId of [...others, id])
    gathered.report({ workspaceId, incarnation }, { uptimeSeconds: 5 }, { isAlive: false })
  await gathered.flush()

  expect(await workspaceById(db, id)).toMatchObject({ uptimeSeconds: 5, lastHeartbeatAt: null })
})

test('what an agent of an older start told is not written over the newer one', async () => {
  const db = await testDb()
  const { id } = await givenWorkspace(db, await givenOrg(db))
  const gathered = heartbeats(db)

  gathered.report({ workspaceId: id, incarnation: 7 }, { errorRate: 1 }, { isAlive: true })
  await gathered.flush()

  expect(await workspaceById(db, id)).toMatchObject({ errorRate: null, lastHeartbeatAt: null })
})
