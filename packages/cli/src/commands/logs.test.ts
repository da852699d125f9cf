import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'
import { workspaceRow } from '../testing/wire-rows.ts'

const controlSequence = '\u001b]0;title\u0007'

test('logs prints whole lines, however the network cuts them, and no control sequences', async () => {
  const log = ['one\ntw', `o${controlSequence}\n`, 'three\n']
  await using cli = await givenCli({ workspaces: [workspaceRow({ name: 'Echo' })], log })

  const all = await cli.run(['logs', 'Echo'])
  const last = await cli.run(['logs', 'Echo', '-n', '1', '--json'])

  expect(all).toMatchObject({ code: 0, stdout: 'one\ntwo\nthree\n' })
  expect(last.stdout).toBe('{"line":"three"}\n')
})

test('logs of an unknown workspace ends with 3', async () => {
  await using cli = await givenCli()

  expect((await cli.run(['logs', crypto.randomUUID()])).code).toBe(3)
})

test('resources lists what is not proven gone, and with --all the rest too', async () => {
  const at = '2026-01-02T03:04:05.000Z'
  const resource = (name: string, part: object) => ({
    id: crypto.randomUUID(),
    workspace_id: workspaceRow().id,
    workspace_name: name,
    incarnation: 1,
    backend: 'process',
    node_id: 'node',
    kind: 'workload',
    handle: null,
    created_at: at,
    confirmed_at: at,
    closed_at: null,
    age_s: 90,
    leak_suspect_at: null,
    stop_attempts: 0,
    next_stop_at: null,
    last_error: null,
    usage: null,
    cost: null,
    ...part,
  })
  const leak = { leak_suspect_at: at, stop_attempts: 3, last_error: 'it does not want to' }
  const resources = [resource('Echo', leak), resource('Past', { closed_at: at })]
  await using cli = await givenCli({ resources })

  const open = await cli.run(['resources'])
  const all = await cli.run(['resources', '--all'])

  expect(open.stdout).toMatch(/Echo .* leak suspect .* 3 .*it does not want to/)
  expect(open.stdout).not.toContain('Past')
  expect(all.stdout).toMatch(/Past .* gone/)
})
