import { expect, test } from 'vitest'
import { crashLoop, hostEndedInStart, provisionTimeout, startFailed } from './reason.ts'

const secret = 'DB_PASSWORD=hunter2'
const lines = ['reading settings', secret]

test.each([
  ['a host that ended', hostEndedInStart(lines)],
  ['a host that ends again and again', crashLoop(3, lines)],
  ['a start that took too long', provisionTimeout('start', 60, lines)],
  ['a start that was refused', startFailed(new Error(`spawn failed: ${secret}`))],
])('CM-78: the reason of %s holds no secret of its log', (_, { detail }) => {
  expect(detail).toContain('DB_PASSWORD=[REDACTED:SECRET]')
  expect(detail).not.toContain('hunter2')
})
