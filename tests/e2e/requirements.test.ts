import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { programPaths } from './harness/program-paths.ts'
import { requirements } from './requirements.ts'

const { root } = programPaths

async function citedIds(): Promise<Set<string>> {
  const cited = new Set<string>()
  const tests = glob('{tests,packages,examples}/**/*.test.{ts,tsx}', {
    cwd: root,
    exclude: (name) => name === 'node_modules',
  })
  for await (const file of tests)
    for (const [, ids = ''] of readFileSync(join(root, file), 'utf8').matchAll(
      /\bpromise\(([^)]*)\)/g,
    ))
      for (const [id] of ids.matchAll(/R-\d\d/g)) cited.add(id)
  return cited
}

test('every promise is cited by a test', async () => {
  const cited = await citedIds()

  const uncited = requirements.filter(({ id }) => !cited.has(id))

  expect(cited.size).toBeGreaterThan(0)
  expect(uncited).toEqual([])
})

test('every promise has an id of its own, in order', () => {
  const inOrder = requirements.map((_, n) => `R-${String(n + 1).padStart(2, '0')}`)

  expect(requirements.map(({ id }) => id)).toEqual(inOrder)
})
