import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { repositoryIn, reviewRequest } from './request.ts'

const base = mkdtempSync(join(tmpdir(), 'request-'))
afterAll(() => rmSync(base, { recursive: true }))

test.each(['shop', 'my shop', 'übung', 'line\nbreak', 'repository at home', 'ends.', "robin's"])(
  'the folder %j survives the way through a request',
  (name) => {
    const folder = join(base, name)
    mkdirSync(folder)

    expect(repositoryIn(reviewRequest('Code', folder))).toBe(folder)
    expect(repositoryIn(`Please review ${folder}`)).toBe(folder)
    expect(repositoryIn(`Please review "${folder}" for me`)).toBe(folder)
  },
)
