import { expect, test } from 'vitest'
import { changed, same } from '../../../../../scripts/docs/compatibility/served.ts'
import { givenHosted } from '../../testing/given-credential.ts'
import { bodyOf, noFiles, testServer } from '../../testing/test-server.ts'
import { buildApp } from '../app.ts'
import { refusals } from './refusals.ts'

type Problem = { status: number; code: string; detail: string; hint: string; error: string }

const refused = refusals.flatMap(({ routes, ...refusal }) =>
  routes.map((route) => ({ route, ...refusal })),
)

async function given() {
  const server = await testServer()
  const { id, agent } = await givenHosted(server, { name: 'Worker' })
  const call = (route: string, headers: Record<string, string>) => {
    const [method = '', pattern = ''] = route.split(' ')
    const path = pattern.replaceAll(':id', id).replace(/(?<=\/):\w+|\*/g, 'x')
    return server.request(method, path, { headers, ...(method === 'GET' ? {} : { body: '{}' }) })
  }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  return { server, agent, call, bearer }
}

test('RD-88: RD-106: every route that is refused says why and what there is instead, to people and to agents', async () => {
  const { server, agent, call, bearer } = await given()

  expect(refused.length).toBeGreaterThan(60)
  for (const { route, code, why, use } of refused)
    for (const token of [server.adminToken, agent]) {
      const answer = await call(route, bearer(token))
      const problem = await bodyOf<Problem>(answer)
      const status = code === 'route_gone' ? 410 : 501
      expect([route, answer.status, answer.headers.get('content-type')]).toEqual([
        route,
        status,
        'application/problem+json',
      ])
      expect(problem).toMatchObject({ code, detail: why, error: why, hint: use, retryable: false })
    }
})

test('RD-107: what is refused is told to nobody without a credential', async () => {
  const { call } = await given()

  for (const { route } of refused)
    expect([route, (await call(route, {})).status]).toEqual([route, 401])
})

test('whatever a refusal names as the way to go is served', async () => {
  const { server } = await given()
  const served = new Set(buildApp(server.services, noFiles).routes.map(nameOf))
  const refusedNames = new Set<string>(refused.map(({ route }) => route))

  const named = refusals.flatMap(({ use }) =>
    [...use.matchAll(/((?:GET|POST|PUT|PATCH|DELETE)(?: and [A-Z]+)?) (\/[\w/:.-]+[\w])/g)].flatMap(
      ([, methods = '', path = '']) => methods.split(' and ').map((method) => `${method} ${path}`),
    ),
  )

  expect(named.length).toBeGreaterThan(15)
  for (const route of named) {
    expect(served).toContain(route)
    expect(refusedNames).not.toContain(route)
  }
})

test('every route of the reference that is said to be there is there', async () => {
  const { server } = await given()
  const served = new Set(buildApp(server.services, noFiles).routes.map(nameOf))
  // Answered by the upgrade of a connection, not by the router.
  served.add('GET /ws')

  for (const route of [...same, ...Object.keys(changed)]) expect(served).toContain(route)
})

const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`
