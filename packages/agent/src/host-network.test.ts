import { writeFileSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fakeClock } from './testing/fake-clock.ts'
import { alivePids, endOf, givenPlace, startHost, until } from './testing/given-host.ts'
import { longestWithoutServerMs } from './watch.ts'

test('CM-85: work goes on while the server is away, and its result arrives when it is back', async () => {
  const place = await givenPlace('echo up; until [ -e done ]; do sleep 0.02; done; echo over')
  const { server, home } = place
  await startHost(place)
  const task = server.give('x')
  await until(() => task.output === 'up\n')

  await server.goDown()
  await writeFile(join(home, 'work/done'), '')
  await server.comeBack()

  expect(await endOf(task)).toMatchObject({ outcome: 'completed', result: 'up\nover\n' })
  expect(task.output).toBe('up\nover\n')
})

test('answers that get lost make nothing happen twice', async () => {
  const place = await givenPlace('echo $$ >>starts; exec cat')
  const { server, home } = place
  const lost = new Set(['enrol', 'start', 'beat', 'complete'])
  for (const route of lost)
    server.faults.set(route, () => (lost.delete(route) ? 'break after' : undefined))
  await startHost(place)

  const task = server.give('once')

  expect(await endOf(task)).toMatchObject({ outcome: 'completed', result: 'once' })
  expect(task.output).toBe('once')
  expect((await readFile(join(home, 'work/starts'), 'utf8')).split('\n')).toHaveLength(2)
  await until(() => lost.size === 0)
})

test('an attempt whose result is fenced ends quietly, and the host works on', async () => {
  const place = await givenPlace('exec cat')
  const { server } = place
  await startHost(place)
  server.faults.set('start', () => {
    first.fence = 2
    return undefined
  })
  const first = server.give('old')
  await until(() => server.calls.includes('start'))
  server.faults.clear()

  const second = server.give('new')

  expect(await endOf(second)).toMatchObject({ result: 'new' })
  expect(first.end).toBeUndefined()
})

test('a start refused with an old fence is asked again when the attempt is handed out anew', async () => {
  const place = await givenPlace('exec cat', { max_concurrent_tasks: 2 })
  const { server } = place
  server.faults.set('start', 'unavailable')
  await startHost(place)
  const task = server.give('x')
  await until(() => server.calls.includes('start'))
  task.fence = 2
  task.state = 'queued'
  await until(() => task.state === 'handed out')

  server.faults.clear()

  expect(await endOf(task)).toMatchObject({ outcome: 'completed', fence: 2 })
})

test('a host that a newer one has replaced ends its work and itself', async () => {
  const place = await givenPlace('echo $$ >>pids; exec sleep 300')
  const host = await startHost(place)
  place.server.give('x')
  await until(async () => (await alivePids(place)).length === 1)

  place.server.faults.set('beat', 'fenced')

  expect(await host.ended).toBe('fenced')
  expect(await alivePids(place)).toEqual([])
})

test('RD-51: a host whose credential is refused ends its work and itself', async () => {
  const place = await givenPlace('echo $$ >>pids; exec sleep 300')
  const host = await startHost(place)
  place.server.give('x')
  await until(async () => (await alivePids(place)).length === 1)

  place.server.tokens.host = 'another'

  expect(await host.ended).toBe('refused')
  expect(await alivePids(place)).toEqual([])
})

test('a boot credential that is refused ends the host', async () => {
  const place = await givenPlace('exec cat')
  place.server.tokens.boot = 'another'

  const host = await startHost(place)

  expect(await host.ended).toBe('refused')
  expect(place.server.enrols).toEqual([])
})

test('RD-53: a boot credential that was renewed meanwhile is tried before giving up', async () => {
  const place = await givenPlace('exec cat')
  const { server } = place
  const renewed = Promise.withResolvers<void>()
  server.faults.set('enrol', () => {
    if (server.calls.length > 1) return undefined
    server.tokens.boot = 'boot-2'
    writeFileSync(join(place.home, 'run/1/boot.json'), JSON.stringify(boot))
    renewed.resolve()
    return undefined
  })
  const boot = { url: server.url, credential: 'boot-2', workspace_id: 'w', incarnation: 1 }
  await startHost(place)
  await renewed.promise

  const task = server.give('x')

  expect(await endOf(task)).toMatchObject({ result: 'x' })
})

test('a proxy that answers in place of the server decides nothing', async () => {
  const place = await givenPlace('exec cat')
  const host = await startHost(place)
  await until(() => place.server.calls.includes('lease'))
  place.server.faults.set('complete', () => {
    place.server.faults.delete('complete')
    return 'internal'
  })

  const task = place.server.give('x')

  expect(await endOf(task)).toMatchObject({ result: 'x' })
  expect(host.lines.join('\n')).toContain('trying again')
})

test('a host whose folder is gone ends its work and itself', async () => {
  const place = await givenPlace('echo $$ >>../pids; exec sleep 300')
  const clock = fakeClock()
  const host = await startHost(place, { clock })
  place.server.give('x')
  await until(async () => (await alivePids(place, '../pids')).length === 1)
  const [pid] = await alivePids(place, '../pids')

  await rm(place.home, { recursive: true })
  clock.advance(60_000)

  expect(await host.ended).toBe('folder_gone')
  expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH')
})

test('a host gives up after a day without a server, not before', async () => {
  const place = await givenPlace('exec cat')
  const clock = fakeClock()
  const host = await startHost(place, { clock })
  await until(() => place.server.calls.includes('lease'))
  await place.server.goDown()

  clock.advance(longestWithoutServerMs - 60_000)
  const early = await Promise.race([
    host.ended,
    new Promise((resolve) => setTimeout(resolve, 50, 'works on')),
  ])
  const end = host.ended.finally(() => clearInterval(passing))
  const passing = setInterval(() => clock.advance(60_000), 5)

  expect(early).toBe('works on')
  expect(await end).toBe('no_server')
})

test('secrets and the texts of tasks stay out of the log', async () => {
  const place = await givenPlace('exec cat')
  const host = await startHost(place)

  await endOf(place.server.give('private words'))
  host.stop()
  await host.ended

  expect(host.lines.length).toBeGreaterThan(0)
  for (const secret of ['boot-1', 'host-1', 'agent-token', 'private words'])
    expect(host.lines.join('\n')).not.toContain(secret)
})
