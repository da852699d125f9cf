import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { endOf, givenPlace, startHost, until } from './testing/given-host.ts'

const value = 'sk-very-secret-4711'

async function textsBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const texts = await Promise.all(
    files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')),
  )
  return texts.join('\n')
}

test('programs find the secrets of their workspace in their environment, fetched before the first lease', async () => {
  const place = await givenPlace(`test "$API_KEY" = ${value} && echo same`)
  place.server.secrets.values = { API_KEY: value }
  await startHost(place)

  const end = await endOf(place.server.give('x'))

  expect(end).toMatchObject({ outcome: 'completed', result: 'same\n' })
  const { calls } = place.server
  expect(calls.indexOf('secrets')).toBeGreaterThan(calls.indexOf('enrol'))
  expect(calls.indexOf('secrets')).toBeLessThan(calls.indexOf('lease'))
})

test('LC-51: a secret touches neither disk nor log nor the arguments of a program', async () => {
  const place = await givenPlace('tr "\\0" " " </proc/$$/cmdline')
  place.server.secrets.values = { API_KEY: value }
  const host = await startHost(place)

  const end = await endOf(place.server.give('x'))

  expect(end.result).toContain('sh -c')
  expect(end.result).not.toContain(value)
  expect(await textsBelow(place.home)).not.toContain(value)
  expect(host.lines.join('\n')).not.toContain(value)
})

test('CM-76: no secret overrides what the platform sets', async () => {
  const place = await givenPlace('echo $WORKSPACE_ID $TASK_ATTEMPT $MOLECULE_RUN; command -v sh')
  const forged = Object.fromEntries(
    ['WORKSPACE_ID', 'TASK_ATTEMPT', 'MOLECULE_RUN', 'PATH'].map((name) => [name, '/forged']),
  )
  place.server.secrets.values = forged
  await startHost(place)

  const end = await endOf(place.server.give('x'))

  expect(end.result).toContain(`${place.server.workspaceId} 1 install/workspace/1\n/`)
  expect(end.result).not.toContain('forged')
})

test('a secret wins over the configuration, which wins over what the host hands on', async () => {
  const runtime_config = {
    command: 'sh',
    args: ['-c', 'echo $A $TZ'],
    env: { A: 'configured', TZ: 'configured' },
  }
  const place = await givenPlace('', { runtime_config })
  place.server.secrets.values = { A: 'secret' }
  await startHost(place)

  const end = await endOf(place.server.give('x'))

  expect(end.result).toBe('secret configured\n')
})

test('a host that gets no answer asks again', async () => {
  const place = await givenPlace('echo $API_KEY')
  place.server.secrets.values = { API_KEY: value }
  let refusals = 0
  place.server.faults.set('secrets', () => (refusals++ < 2 ? 'unavailable' : undefined))
  await startHost(place)

  const end = await endOf(place.server.give('x'))

  expect(refusals).toBeGreaterThan(2)
  expect(end.result).toBe(`${value}\n`)
})

test('CM-79: where one cannot be read the workspace fails with its name, and nothing is run', async () => {
  const place = await givenPlace('echo ran')
  place.server.secrets.values = { API_KEY: value }
  place.server.secrets.unreadable = ['DB_PASSWORD', 'API_KEY']
  const task = place.server.give('x')

  const host = await startHost(place)

  expect(await host.ended).toBe('cannot_serve')
  await until(() => place.server.failures.length === 1)
  const [failure] = place.server.failures
  expect(failure?.reason).toMatchObject({ code: 'secrets_unreadable' })
  expect(failure?.reason.detail).toContain('DB_PASSWORD, API_KEY')
  expect(failure?.reason.hint).toContain('molecule secret set')
  expect(place.server.calls).not.toContain('lease')
  expect(task.end).toBeUndefined()
})
