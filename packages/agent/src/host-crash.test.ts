import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { alivePids, givenPlace, spawnHost, until } from './testing/given-host.ts'

test('a host killed in the middle of a task: the next one ends the program and reports it as started', async () => {
  const place = await givenPlace('echo $$ >>pids; exec sleep 300')
  const { server } = place
  const first = await spawnHost(place, 1)
  const task = server.give('x')
  await until(async () => (await alivePids(place)).length === 1)
  await first.kill()

  await spawnHost(place, 2)

  await until(() => server.enrols.length === 2)
  const { task_id } = task.leased
  expect(server.enrols[1]).toMatchObject({
    incarnation: 2,
    journal: [{ task_id, attempt: 1, fence: 1, state: 'started' }],
  })
  expect(await alivePids(place)).toEqual([])
})

test('a host killed before the server took a result: the next one brings the result', async () => {
  const place = await givenPlace('exec cat')
  const { server } = place
  server.faults.set('complete', 'break before')
  const first = await spawnHost(place, 1)
  const task = server.give('precious')
  await until(() => server.calls.includes('complete'))
  await first.kill()

  await spawnHost(place, 2)

  await until(() => server.enrols.length === 2)
  const { task_id } = task.leased
  expect(server.enrols[1]?.journal).toEqual([
    { task_id, attempt: 1, fence: 1, state: 'ended', outcome: 'completed', result: 'precious' },
  ])
})

test('a host killed while it asks to start: the next one reports that the program never ran', async () => {
  const place = await givenPlace('exec cat')
  const { server } = place
  server.faults.set('start', 'break before')
  const first = await spawnHost(place, 1)
  const task = server.give('x')
  await until(() => server.calls.includes('start'))
  await first.kill()

  await spawnHost(place, 2)

  await until(() => server.enrols.length === 2)
  expect(server.enrols[1]?.journal).toMatchObject([
    { task_id: task.leased.task_id, state: 'leased' },
  ])
})

test('what a server has been told is not told to it again', async () => {
  const place = await givenPlace('exec cat')
  const { server, home } = place
  const first = await spawnHost(place, 1)
  const task = server.give('x')
  await until(() => task.end !== undefined)
  await until(async () => (await readFile(join(home, 'journal.jsonl'), 'utf8')).includes('settled'))
  await first.kill()

  await spawnHost(place, 2)

  await until(() => server.enrols.length === 2)
  expect(server.enrols[1]?.journal).toEqual([])
})

test('a host told to stop ends its program, says that it was interrupted, and exits 0', async () => {
  const place = await givenPlace('echo $$ >>pids; exec sleep 300')
  const host = await spawnHost(place)
  const task = place.server.give('x')
  await until(async () => (await alivePids(place)).length === 1)

  host.terminate()

  expect(await host.exited).toEqual([0, null])
  expect(task.end).toMatchObject({ outcome: 'interrupted', reason: { code: 'host_stopped' } })
  expect(await alivePids(place)).toEqual([])
})
