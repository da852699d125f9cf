import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { policy } from '../../../packages/server/src/http/policy.ts'
import { compatibilityPage, compatibilityPagePath, referenceRows } from './page.ts'

test('the page of compatibility says what the tables say', async () => {
  const written = await readFile(compatibilityPagePath, 'utf8')

  expect(written, 'write it again with: node scripts/docs.ts').toBe(compatibilityPage())
})

test('every route of the reference has one line', () => {
  const routes = referenceRows.map(({ route }) => route)

  expect(routes.length).toBeGreaterThan(150)
  expect(new Set(routes).size).toBe(routes.length)
})

/** What the reference has nothing of. A route under another path is one of its own, or missing there. */
const ours = [
  /^GET \/(readyz|login|runtimes|canvas|canvas\/\*|assets\/\*|canvas\/snapshot|bundles\/key)?$/,
  /^\w+ \/(auth|tasks|host|audit|backend\/v1|mcp)(\/|$)/,
  /^\w+ \/workspaces\/:id\/(a2a\/|work\/|inbox|webhooks|config\/versions|usage|logs|subtree|wake|tasks|tokens\/rotate)/,
  /^(PUT \/workspaces\/:id\/config|(GET|DELETE) \/workspaces\/:id\/mcp)$/,
  /^GET \/workspaces\/:id\/(\.well-known\/agent-card\.json|activity\/:activityId)$/,
  /^POST \/webhooks\/in\//,
  /^(GET|PUT|DELETE) \/templates\/:id$/,
  /^\w+ \/org\/(leftovers|prune|export|plan|apply|tokens\/:id\/rotate)$/,
  /^\w+ \/settings\/secrets\/(:key\/dependents|restart-dependents)$/,
  /^GET \/install\/molecule\.tgz$/,
  /^\w+ \/admin\/(resources|shutdown|secrets\/rotate-key)$/,
]

test('a route that is served is one of the reference, with its line, or one of our own', () => {
  const listed = new Set(referenceRows.map(({ route }) => route))
  const isOurs = (route: string) => ours.some((pattern) => pattern.test(route))

  const unknown = Object.keys(policy).filter((route) => !listed.has(route) && !isOurs(route))
  const both = [...listed].filter(isOurs)

  expect(unknown).toEqual([])
  expect(both).toEqual([])
})
