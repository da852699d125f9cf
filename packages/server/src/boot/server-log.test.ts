import { expect, test } from 'vitest'
import { newToken } from '../lib/token.ts'
import { serverLog } from './server-log.ts'

test('CM-78: a line of the log tells everything but the secrets in it', () => {
  const token = newToken('admin')
  const lines: string[] = []
  const log = serverLog('info', (line) => lines.push(line))

  const error = new Error('refused: postgres://molecule:hunter2@db/molecule')
  log.error({ error, headers: [`Bearer ${token}`] }, `the token ${token} is wrong`)
  log.debug('too quiet to be heard')

  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toMatch(new RegExp(`${token}|hunter2`))
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    msg: 'the token [REDACTED:MOLECULE_TOKEN] is wrong',
    headers: ['Bearer [REDACTED:MOLECULE_TOKEN]'],
    error: {
      message: 'refused: postgres://molecule:[REDACTED:PASSWORD]@db/molecule',
      stack: expect.stringContaining('server-log.test.ts'),
    },
  })
})
