import { expect, test } from 'vitest'
import { givenOrg, givenWorkspace } from '../testing/given.ts'
import { testDb } from '../testing/test-db.ts'
import { prepared } from './prepared.ts'

test('a prepared query runs with the values of each call, in each database', async () => {
  const [one, other] = [await testDb(), await testDb()]
  const here = await givenWorkspace(one, await givenOrg(one), { name: 'here' })
  const there = await givenWorkspace(other, await givenOrg(other), { name: 'there' })
  const byName = prepared((db, { name }: { name: string }) =>
    db.selectFrom('workspaces').select('id').where('name', '=', name),
  )

  const found = [
    await byName(one, { name: 'here' }),
    await byName(one, { name: 'there' }),
    await byName(other, { name: 'there' }),
  ]

  expect(found).toEqual([[{ id: here.id }], [], [{ id: there.id }]])
})

test('a query whose shape would depend on a value is refused', async () => {
  const db = await testDb()
  const misused = prepared((tx, { name }: { name: string }) =>
    tx.selectFrom('workspaces').select('id').where('name', 'like', `${name}%`),
  )

  await expect(misused(db, { name: 'x' })).rejects.toThrow('"name" as it is')
})
