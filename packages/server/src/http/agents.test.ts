import { expect, test } from 'vitest'
import { givenHosted } from '../testing/given-credential.ts'
import { bodyOf, refusalOf, testServer } from '../testing/test-server.ts'

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })

async function given() {
  const server = await testServer()
  const lead = await givenHosted(server, { name: 'Lead' })
  const helper = await givenHosted(server, { name: 'Helper', parent_id: lead.id })
  const below = await givenHosted(server, { name: 'Below', parent_id: helper.id })
  const read = async (path: string, token = server.adminToken) => {
    const answer = await server.request('GET', path, bearer(token))
    return { status: answer.status, body: await bodyOf<Record<string, unknown>>(answer) }
  }
  const names = async (token?: string) =>
    ((await read('/agents', token)).body as unknown as { name: string }[])
      .map(({ name }) => name)
      .sort()
  return { server, lead, helper, below, read, names }
}

test('RD-85: there is one agent in each workspace, with the id of its workspace', async () => {
  const { server, lead, read } = await given()
  const workspace = await server.client.workspaces.get(lead.id)

  const one = await read(`/agents/${lead.id}`)
  const inWorkspace = await read(`/workspaces/${lead.id}/agents`)

  expect(one.body).toEqual({
    id: lead.id,
    name: 'Lead',
    workspace_id: lead.id,
    status: workspace.status,
    model: workspace.model,
    runtime: 'command',
    created_at: workspace.created_at,
  })
  expect(inWorkspace.body).toEqual([one.body])
})

test('agents are those of the workspaces that the caller may see', async () => {
  const { server, lead, helper, below, names, read } = await given()
  const stranger = await givenHosted(server, { name: 'Apart', parent_id: below.id })
  const other = await givenHosted(server, { name: 'Other' })
  const cousin = await givenHosted(server, { name: 'Cousin', parent_id: other.id })

  expect(await names()).toEqual(['Apart', 'Below', 'Cousin', 'Helper', 'Lead', 'Other'])
  expect(await names(helper.agent)).toEqual(['Apart', 'Below', 'Helper', 'Lead'])
  for (const path of [`/agents/${cousin.id}`, `/workspaces/${cousin.id}/agents`])
    expect((await read(path, stranger.agent)).status).toBe(404)
  expect((await read(`/agents/${lead.id}`, stranger.agent)).status).toBe(200)
})

test('RD-97: nobody reads an agent or a state without a credential', async () => {
  const { server, lead } = await given()
  const paths = ['/agents', `/agents/${lead.id}`]
  for (const what of ['agents', 'state', 'model', 'shared-context'])
    paths.push(`/workspaces/${lead.id}/${what}`)

  for (const path of paths)
    expect((await server.request('GET', path, { headers: {} })).status).toBe(401)
})

test('a state says whether to go on; of what was removed that it is deleted', async () => {
  const { server, lead, read } = await given()
  const path = `/workspaces/${lead.id}/state`

  const before = await read(path, lead.agent)
  await server.client.workspaces.pause(lead.id)
  const paused = await read(path)
  await server.client.workspaces.remove(lead.id, { confirm: true })
  const gone = await read(path)

  expect(before.body).toMatchObject({ workspace_id: lead.id, paused: false, deleted: false })
  expect(paused.body).toMatchObject({ paused: true, deleted: false })
  expect(gone.status).toBe(404)
  expect(gone.body).toMatchObject({ code: 'not_found', workspace_id: lead.id, deleted: true })
  expect((await read(`/agents/${lead.id}`)).status).toBe(410)
})

test('a model is read by whoever sees the workspace, and set by people alone', async () => {
  const { server, lead, helper, read } = await given()
  const set = (token: string, model: string) =>
    server.request('PUT', `/workspaces/${lead.id}/model`, {
      ...bearer(token),
      body: JSON.stringify({ model }),
    })

  const changed = await set(server.adminToken, 'opus')

  expect(await bodyOf(changed)).toEqual({ model: 'opus', source: 'workspace' })
  expect((await read(`/workspaces/${lead.id}/model`, helper.agent)).body).toEqual({
    model: 'opus',
    source: 'workspace',
  })
  expect((await set(lead.agent, 'haiku')).status).toBe(403)
  expect(await refusalOf(await set(server.adminToken, ''))).toEqual([400, 'invalid'])
})

test('shared context is an empty list for clients that ask', async () => {
  const { lead, read } = await given()

  expect(await read(`/workspaces/${lead.id}/shared-context`)).toEqual({ status: 200, body: [] })
})
