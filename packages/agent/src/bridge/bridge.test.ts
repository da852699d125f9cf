import { expect, test } from 'vitest'
import { givenBridge } from '../testing/given-bridge.ts'

/** Notes each start, and answers what it was asked. */
const echo = 'text=$(cat); echo "$text" >>noted; echo "You said: $text"'

const given = (script = echo) => givenBridge(script)

test('RD-89: what is answered while people have paused the workspace is told once they resume it', async () => {
  const { client, scout, start, ask, ended, noted } = await given(`${echo}; sleep 1`)
  start()
  const task = await ask('one')
  await expect.poll(noted).toEqual(['one'])

  await client.workspaces.pause(scout.id)
  await new Promise((resolve) => setTimeout(resolve, 2000))
  await client.workspaces.resume(scout.id)

  expect(await ended(task)).toMatchObject({ status: 'completed', result: 'You said: one\n' })
  expect(await noted()).toEqual(['one'])
})

test('a bridge that is started while its workspace is paused waits until it is resumed', async () => {
  const { client, scout, start, ask, ended } = await given()
  await client.workspaces.pause(scout.id)
  start()
  const task = await ask('one')

  await client.workspaces.resume(scout.id)

  expect(await ended(task)).toMatchObject({ status: 'completed' })
})

test('RD-36: what a killed bridge had taken and not begun is done at once, also when the server was told that it begins', async () => {
  const { agent, start, leftBehind, ask, ended, noted } = await given()
  const first = await ask('one')
  await leftBehind('leased')
  const second = await ask('two')
  const { of, ref } = await leftBehind('leased')
  await agent.work.start(of, ref)

  start()

  expect(await ended(first)).toMatchObject({ status: 'completed', attempt: 1 })
  expect(await ended(second)).toMatchObject({ status: 'completed', attempt: 2 })
  expect((await noted()).toSorted()).toEqual(['one', 'two'])
})

test('RD-36: what a killed bridge was working on is tried again, or fails honestly where nothing may be done twice', async () => {
  const { agent, start, leftBehind, ask, ended, noted } = await given()
  const first = await ask('one')
  const held = await leftBehind('started')
  await agent.work.start(held.of, held.ref)

  const careful = start({ isRetried: false })
  const failed = await ended(first)
  careful.stop()
  await careful.ended
  const second = await ask('two')
  const again = await leftBehind('started')
  await agent.work.start(again.of, again.ref)
  start()

  expect(failed).toMatchObject({ status: 'failed', error: { code: 'bridge_lost' } })
  expect(failed.error?.hint).toContain('not done a second time')
  expect(await ended(second)).toMatchObject({ status: 'completed', attempt: 2 })
  expect(await noted()).toEqual(['two'])
})

test('a task that ended elsewhere takes its program with it', async () => {
  const { agent, scout, start, ask, ended, noted } = await given(
    'cat >>noted; echo >>noted; echo begun; exec sleep 300',
  )
  start()
  const task = await ask('one')
  await expect.poll(noted).toEqual(['one'])
  await agent.work.complete(
    { workspace: scout.id, task },
    { attempt: 1, fence: 1, outcome: 'failed' },
  )

  const next = await ask('two')

  await expect.poll(noted, { timeout: 15_000 }).toEqual(['one', 'two'])
  expect(await ended(task)).toMatchObject({ status: 'failed' })
  await agent.work.complete(
    { workspace: scout.id, task: next },
    { attempt: 1, fence: 1, outcome: 'failed' },
  )
})

test('told to stop, it ends its program and its work is tried again by the next', async () => {
  const { start, ask, ended, noted } = await given(
    `${echo}; [ -e again ] || { touch again; sleep 300; }`,
  )
  const first = start()
  const task = await ask('one')
  await expect.poll(noted).toEqual(['one'])

  first.stop()
  expect(await first.ended).toEqual({ end: 'stopped' })
  start()

  expect(await ended(task)).toMatchObject({ status: 'completed', attempt: 2 })
})

test('once: it ends by itself when one task is done', async () => {
  const { start, ask, ended, noted } = await given()
  const [first] = [await ask('one'), await ask('two')]

  const end = await start({ isOnce: true }).ended

  expect(end).toEqual({ end: 'stopped' })
  expect(await ended(first)).toMatchObject({ status: 'completed' })
  expect(await noted()).toEqual(['one'])
})

test('a token that is not that of the workspace ends it with what the server says', async () => {
  const { server, start } = await given()

  const bad = await start({ token: 'mol_ws_nobody' }).ended
  const admin = await start({ token: server.adminToken }).ended

  expect(bad).toMatchObject({ end: 'refused', reason: { code: 'unauthenticated' } })
  expect(admin).toMatchObject({ end: 'refused', reason: { code: 'forbidden' } })
})
