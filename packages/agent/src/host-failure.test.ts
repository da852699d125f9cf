import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cutMarker, maxStoredUnits } from './output-buffer.ts'
import { alivePids, endOf, givenPlace, startHost } from './testing/given-host.ts'

test('a non-zero exit is a failure that carries the end of stderr in whole lines', async () => {
  const script = 'i=0; while [ $i -lt 500 ]; do i=$((i+1)); echo "line $i" >&2; done; exit 7'
  const place = await givenPlace(script)
  await startHost(place)

  const end = await endOf(place.server.give('x'))

  expect(end).toMatchObject({ outcome: 'failed', reason: { code: 'exit_nonzero' } })
  const detail = end.reason?.detail ?? ''
  expect(detail).toMatch(/^`sh` ended with exit code 7: line \d+\nline \d+\n/)
  expect(detail).toMatch(/line 500$/)
  expect(detail.length).toBeLessThanOrEqual(2_000)
  expect(end.result).toBeUndefined()
})

test.each([
  [7, 'permanent'],
  [75, 'transient'],
  [77, 'auth'],
] as const)('exit code %i is a failure of class %s', async (code, failure) => {
  const place = await givenPlace(`exit ${code}`)
  await startHost(place)

  expect(await endOf(place.server.give('x'))).toMatchObject({ outcome: 'failed', failure })
})

test('a program that ends by a signal says which', async () => {
  const place = await givenPlace('echo about to go >&2; kill -SEGV $$')
  await startHost(place)

  const { reason } = await endOf(place.server.give('x'))

  expect(reason).toMatchObject({ code: 'killed_by_signal' })
  expect(reason?.detail).toBe('`sh` was ended by SIGSEGV: about to go')
})

test('a program that exits at once without reading its text is no trouble', async () => {
  const place = await givenPlace('exit 0')
  await startHost(place)

  const end = await endOf(place.server.give('x'.repeat(900_000)))

  expect(end).toMatchObject({ outcome: 'completed', result: '' })
})

test('an answer of megabytes arrives whole, its stream is cut with a word', async () => {
  const place = await givenPlace('head -c 3000000 /dev/zero | tr "\\0" x; echo end >&2')
  await startHost(place)

  const task = place.server.give('x')

  const end = await endOf(task)
  expect(end.result).toBe('x'.repeat(3_000_000))
  expect(task.output).toBe('x'.repeat(maxStoredUnits) + cutMarker)
})

test('an answer without end is a clear failure, and the program is ended', async () => {
  const place = await givenPlace('echo $$ >>pids; exec yes')
  await startHost(place)

  const end = await endOf(place.server.give('x'))

  expect(end).toMatchObject({ outcome: 'failed', reason: { code: 'output_too_large' } })
  expect(await alivePids(place)).toEqual([])
})

test('invalid UTF-8 is replaced, NUL left out, characters stay whole', async () => {
  const place = await givenPlace(
    `printf 'a\\377b\\0c'; printf '\\360\\237'; sleep 0.05; printf '\\245\\212'; printf 'z\\303'`,
  )
  await startHost(place)

  const end = await endOf(place.server.give('x'))

  expect(end.result).toBe('a\ufffdbc🥊z\ufffd')
})

test('a command that is missing fails the workspace, with the place it was sought', async () => {
  const place = await givenPlace('', { runtime_config: { command: 'no-such-program' } })

  const host = await startHost(place)

  expect(await host.ended).toBe('cannot_serve')
  const [failure] = place.server.failures
  expect(failure?.reason).toMatchObject({ code: 'command_not_found' })
  expect(failure?.reason.detail).toContain('`no-such-program`')
  expect(failure?.reason.detail).toContain(process.env.PATH)
})

test('a command that is no program fails the workspace', async () => {
  const place = await givenPlace('', { runtime_config: { command: '../plain' } })
  await writeFile(join(place.home, 'plain'), 'not a program')
  await chmod(join(place.home, 'plain'), 0o644)

  const host = await startHost(place)

  expect(await host.ended).toBe('cannot_serve')
  expect(place.server.failures[0]?.reason).toMatchObject({ code: 'not_executable' })
})

test('a working folder that is missing fails the workspace', async () => {
  const place = await givenPlace('exec cat', { workspace_dir: '/no/such/folder' })

  const host = await startHost(place)

  expect(await host.ended).toBe('cannot_serve')
  expect(place.server.failures[0]?.reason).toMatchObject({ code: 'workdir_missing' })
})

test('a runtime the host does not know fails the workspace', async () => {
  const place = await givenPlace('', { runtime: 'toString' })

  const host = await startHost(place)

  expect(await host.ended).toBe('cannot_serve')
  expect(place.server.failures[0]?.reason).toMatchObject({ code: 'unknown_runtime' })
})

test('a text too long for an argument fails its task with a hint', async () => {
  const place = await givenPlace('', { runtime_config: { command: 'echo', args: ['{{text}}'] } })
  await startHost(place)

  const end = await endOf(place.server.give('x'.repeat(500_000)))

  expect(end).toMatchObject({ outcome: 'failed', reason: { code: 'arguments_too_long' } })
})

test('an answer the server does not take fails the task instead of vanishing', async () => {
  const place = await givenPlace('exec cat')
  await startHost(place)
  place.server.faults.set('complete', ({ result }) => (result ? 'too_large' : undefined))

  const end = await endOf(place.server.give('x'))

  expect(end).toMatchObject({ outcome: 'failed', reason: { code: 'result_refused' } })
})
