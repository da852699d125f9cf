import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { noFiles, testServer } from '../testing/test-server.ts'
import { buildApp } from './app.ts'
import { refusedPolicy } from './compat/refusals.ts'

const pages = /^\/(login|canvas|canvas\/\*|assets\/\*)?$/

test('the API reference has every route but those that are refused, and no other', async () => {
  const server = await testServer()
  const docs = await readFile(new URL('../../../../docs/reference/api.md', import.meta.url), 'utf8')

  const documented = new Set(docs.match(/`(GET|POST|PUT|PATCH|DELETE) \/[^`? ]*/g))
  const served = new Set(
    buildApp(server.services, noFiles)
      .routes.filter(({ method, path }) => method !== 'ALL' && !pages.test(path))
      .map(({ method, path }) => `${method} ${path}`)
      .filter((route) => !(route in refusedPolicy))
      .map((route) => `\`${route}`),
  )
  served.add('`GET /ws')

  expect([...documented].sort()).toEqual([...served].sort())
})
