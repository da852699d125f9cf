import { expect, test } from 'vitest'
import { givenHosted } from '../testing/given-credential.ts'
import { eventNames, givenExternal } from '../testing/given-external.ts'
import { testServer } from '../testing/test-server.ts'

test('a heartbeat that names no more than its workspace brings an agent online', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })

  const answer = await scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id })

  expect(await answer.json()).toEqual({ status: 'ok' })
  expect(await scout.row()).toMatchObject({ status: 'online' })
})

test('an agent in trouble is degraded at once, says why, and recovers by itself', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  const beat = (body: object) =>
    scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id, ...body })
  const seen: unknown[] = []
  const look = async () => seen.push((await scout.row()).status)

  await beat({ error_rate: 0.2 })
  await look()
  await beat({ error_rate: 0.5, sample_error: 'no quota' })
  await look()
  const degraded = await scout.row()
  await beat({ error_rate: 0.3 })
  await look()
  await beat({ error_rate: 0.05 })
  await look()
  await beat({ error_rate: 0, runtime_state: 'wedged' })
  await look()
  await beat({ error_rate: 0, runtime_state: 'ok' })
  await look()

  expect(seen).toEqual(['online', 'degraded', 'degraded', 'online', 'degraded', 'online'])
  expect(degraded).toMatchObject({
    error_rate: 0.5,
    last_runtime_error: 'no quota',
    failure_reason: { code: 'agent_errors', detail: expect.stringContaining('50 %') },
  })
  const events = (await eventNames(server, scout.id)).slice(1)
  expect(events).toEqual([
    'WORKSPACE_ONLINE',
    'WORKSPACE_DEGRADED',
    'WORKSPACE_ONLINE',
    'WORKSPACE_DEGRADED',
    'WORKSPACE_ONLINE',
  ])
})

test('LC-15: a heartbeat without a sample blanks neither the reason nor the last error', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  const beat = (body: object) =>
    scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id, ...body })
  await beat({ error_rate: 0.9, sample_error: 'no quota' })

  await beat({ error_rate: 0.9, sample_error: '' })
  await beat({})
  await server.services.heartbeats.flush()

  expect(await scout.row()).toMatchObject({
    status: 'degraded',
    error_rate: 0.9,
    last_runtime_error: 'no quota',
    failure_reason: { code: 'agent_errors' },
    last_sample_error: expect.stringContaining('no quota'),
  })
})

test('RD-52: CM-90: what many agents report is written together, what they leave out keeps its value', async () => {
  const server = await testServer()
  const names = ['A', 'B', 'C']
  const agents = await Promise.all(names.map((name) => givenExternal(server, { name })))
  const beat = (n: number, body: object) =>
    agents[n]?.call('POST', '/registry/heartbeat', { workspace_id: agents[n]?.id, ...body })
  for (const n of [0, 1, 2]) await beat(n, { current_task: `task ${n}`, active_tasks: n })

  await beat(0, { uptime_seconds: 7, error_rate: 0.25 })
  await beat(1, { current_task: '' })
  await beat(2, { sample_error: 'x'.repeat(5000), active_tasks: 9 })
  await server.services.heartbeats.flush()

  const rows = await Promise.all(agents.map(({ row }) => row()))
  expect(rows).toMatchObject([
    { current_task: 'task 0', active_tasks: 0, uptime_seconds: 7, error_rate: 0.25 },
    { current_task: null, active_tasks: 1, uptime_seconds: null, error_rate: null },
    { current_task: 'task 2', active_tasks: 9, last_runtime_error: expect.stringMatching(/^x+…$/) },
  ])
})

test('an agent that registers anew starts with a clean slate', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  await scout.call('POST', '/registry/heartbeat', {
    workspace_id: scout.id,
    error_rate: 0.9,
    sample_error: 'no quota',
  })

  await scout.call('POST', '/registry/register', { id: scout.id })
  await server.services.heartbeats.flush()

  expect(await scout.row()).toMatchObject({
    status: 'online',
    error_rate: null,
    last_runtime_error: null,
    failure_reason: null,
    last_sample_error: null,
  })
})

test('a program of a workspace that we start says how well it does, not whether it is there', async () => {
  const server = await testServer()
  const { id, agent, host } = await givenHosted(server, { name: 'worker' })
  const call = (path: string, body: object, token = agent) =>
    server.request('POST', path, {
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
  const beat = (body: object) => call('/registry/heartbeat', { workspace_id: id, ...body })

  await beat({ error_rate: 0, sample_error: 'a hiccup' })
  const starting = await server.client.workspaces.get(id)
  await call('/host/beat', { attempts: [] }, host)
  await call('/registry/register', { id, url: 'http://c:8000', agent_card: { name: 'w' } })
  const online = await server.client.workspaces.get(id)
  await beat({ runtime_state: 'wedged' })
  const wedged = await server.client.workspaces.get(id)
  await beat({ error_rate: 0 })

  expect(starting.status).toBe('provisioning')
  expect(online).toMatchObject({ status: 'online', url: null, agent_card: { name: 'w' } })
  expect(wedged).toMatchObject({ status: 'degraded', failure_reason: { code: 'agent_wedged' } })
  expect(await server.client.workspaces.get(id)).toMatchObject({ status: 'online' })
})

test('watchers hear of a heartbeat with the tasks that the agent counts itself', async () => {
  const server = await testServer()
  const scout = await givenExternal(server, { name: 'Scout' })
  const heard: string[] = []
  const end = server.services.feed.watch({
    onFrames() {},
    onEphemeral: ({ text }) => heard.push(text),
  })

  await scout.call('POST', '/registry/heartbeat', { workspace_id: scout.id, active_tasks: 2 })

  await expect
    .poll(() => heard.map((text) => JSON.parse(text)))
    .toContainEqual(
      expect.objectContaining({
        event: 'WORKSPACE_HEARTBEAT',
        workspace_id: scout.id,
        payload: expect.objectContaining({ active_tasks: 2 }),
      }),
    )
  end()
})
