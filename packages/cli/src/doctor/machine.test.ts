import { expect, test } from 'vitest'
import { judgeDisk, nodeVersion, optionalPrograms } from './machine.ts'

const mebibyte = 1024 ** 2

test.each([
  [5000, 'ok'],
  [1023, 'warn'],
  [99, 'fail'],
])('%i MiB of free disk is %s', (free, status) => {
  expect(judgeDisk(free * mebibyte).status).toBe(status)
})

test('an old Node is a fault with a way to the right one', () => {
  expect(nodeVersion('20.20.2')).toMatchObject({
    status: 'fail',
    fix: expect.stringMatching('npm'),
  })
  expect(nodeVersion('24.0.0').status).toBe('ok')
})

test('a program that is missing says what goes without it; only git is worth a warning', () => {
  const findings = optionalPrograms({ PATH: '/nowhere' })

  expect(findings.map(({ name, status }) => [name, status])).toEqual([
    ['git', 'warn'],
    ['bwrap', 'note'],
    ['docker', 'note'],
  ])
})
