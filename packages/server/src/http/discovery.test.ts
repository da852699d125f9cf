import type { Peer } from '@molecule/contract/registry'
import { expect, test } from 'vitest'
import { givenOrg, givenWorkspace } from '../testing/given.ts'
import { givenHosted } from '../testing/given-credential.ts'
import { type External, givenExternal } from '../testing/given-external.ts'
import { bodyOf, type TestServer, testServer } from '../testing/test-server.ts'

/** Lead over Scout (a role to search for) and Writer, who has Helper below; Other is another root. */
async function givenTeam(server: TestServer) {
  const lead = await givenExternal(server, { name: 'Lead' })
  const scout = await givenExternal(server, { name: 'Scout', role: 'Research', parent_id: lead.id })
  const writer = await givenExternal(server, { name: 'Writer', parent_id: lead.id })
  const helper = await givenExternal(server, { name: 'Helper', parent_id: writer.id })
  const other = await givenExternal(server, { name: 'Other' })
  return { lead, scout, writer, helper, other }
}

const peerNames = async (agent: External, query = '') =>
  (await bodyOf<Peer[]>(await agent.call('GET', `/registry/${agent.id}/peers${query}`))).map(
    ({ name }) => name,
  )

test('peers are siblings, those above and those below; a search is in names and roles', async () => {
  const server = await testServer()
  const { lead, scout, helper } = await givenTeam(server)

  expect(await peerNames(lead)).toEqual(['Scout', 'Writer', 'Helper', 'Other'])
  expect(await peerNames(scout)).toEqual(['Lead', 'Writer'])
  expect(await peerNames(helper)).toEqual(['Lead', 'Writer'])
  expect(await peerNames(lead, '?q=rESEA')).toEqual(['Scout'])
  expect(await peerNames(lead, '?q=ouT')).toEqual(['Scout'])
  expect(await peerNames(lead, '?q=nobody')).toEqual([])
})

test('a peer that was removed is none any more', async () => {
  const server = await testServer()
  const { lead, scout } = await givenTeam(server)

  await server.client.workspaces.remove(scout.id)

  expect(await peerNames(lead)).toEqual(['Writer', 'Helper', 'Other'])
})

test('an agent asks for its own peers only, people for those of any', async () => {
  const server = await testServer()
  const { lead, scout } = await givenTeam(server)

  const foreign = await scout.call('GET', `/registry/${lead.id}/peers`)
  const people = await server.client.registry.peers(scout.id)
  const unknown = await server.request('GET', `/registry/${crypto.randomUUID()}/peers`)

  expect(foreign.status).toBe(403)
  expect(people).toMatchObject([{ name: 'Lead', agent_card: null, active_tasks: 0 }, {}])
  expect(unknown.status).toBe(404)
})

test('an agent that can be called is discovered with its address', async () => {
  const server = await testServer()
  const { lead, scout } = await givenTeam(server)
  await scout.call('POST', '/registry/register', {
    id: scout.id,
    delivery_mode: 'push',
    url: 'https://93.184.216.34',
    agent_card: { name: 'S' },
  })

  const answer = await lead.call('GET', `/registry/discover/${scout.id}`)

  expect([answer.status, await answer.json()]).toEqual([
    200,
    {
      id: scout.id,
      url: 'https://93.184.216.34',
      name: 'Scout',
      role: 'Research',
      status: 'online',
      agent_card: { name: 'S' },
    },
  ])
})

test('one that is not there, or has no address, says so with its status and what to do', async () => {
  const server = await testServer()
  const { lead, scout } = await givenTeam(server)
  const hosted = await givenHosted(server, { name: 'worker' })

  for (const [id, status] of [
    [scout.id, 'awaiting_agent'],
    [hosted.id, 'provisioning'],
  ] as const) {
    const answer = await lead.call('GET', `/registry/discover/${id}`)
    expect(answer.status).toBe(503)
    expect(await answer.json()).toMatchObject({
      extra: { status },
      hint: expect.stringContaining(`/workspaces/${id}/a2a`),
    })
  }
})

test('LC-29, RD-97: whom an agent may not talk to does not exist for it', async () => {
  const server = await testServer()
  const { scout, helper } = await givenTeam(server)

  const hidden = await scout.call('GET', `/registry/discover/${helper.id}`)
  const unknown = await scout.call('GET', `/registry/discover/${crypto.randomUUID()}`)

  expect([hidden.status, unknown.status]).toEqual([404, 404])
})

test('CM-74: access is checked for oneself, or by people', async () => {
  const server = await testServer()
  const { lead, scout, helper, other } = await givenTeam(server)
  const ask = async (agent: External, caller: string, target: string) => {
    const body = { caller_id: caller, target_id: target }
    const answer = await agent.call('POST', '/registry/check-access', body)
    return answer.status === 200 ? await answer.json() : answer.status
  }

  expect(await ask(lead, lead.id, helper.id)).toEqual({ allowed: true })
  expect(await ask(scout, scout.id, scout.id)).toEqual({ allowed: true })
  expect(await ask(scout, scout.id, helper.id)).toEqual({ allowed: false })
  expect(await ask(scout, scout.id, crypto.randomUUID())).toEqual({ allowed: false })
  expect(await ask(scout, lead.id, other.id)).toBe(403)
  const people = (caller_id: string, target_id: string) =>
    server.client.registry.checkAccess({ caller_id, target_id })
  expect(await people(lead.id, other.id)).toEqual({ allowed: true })
  await server.client.workspaces.remove(other.id)
  expect(await people(lead.id, other.id)).toEqual({ allowed: false })
})

test('LC-30: roots of two orgs do not reach each other', async () => {
  const server = await testServer()
  const { lead } = await givenTeam(server)
  const { id: stranger } = await givenWorkspace(server.db, await givenOrg(server.db))

  const access = await lead.call('POST', '/registry/check-access', {
    caller_id: lead.id,
    target_id: stranger,
  })
  const discovered = await lead.call('GET', `/registry/discover/${stranger}`)
  const asked = await server.client.registry.checkAccess({
    caller_id: stranger,
    target_id: stranger,
  })

  expect(await access.json()).toEqual({ allowed: false })
  expect(discovered.status).toBe(404)
  expect(asked).toEqual({ allowed: false })
  expect(await server.client.registry.peers(lead.id)).not.toContainEqual(
    expect.objectContaining({ id: stranger }),
  )
})
