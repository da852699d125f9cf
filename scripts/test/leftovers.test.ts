import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { leftovers, temporaryPlace } from './leftovers.ts'

function givenPlace() {
  const place = temporaryPlace()
  onTestFinished(() => rmSync(place.folder, { recursive: true, force: true }))
  return place
}

const impatient = { settleMs: 0 }
const silence = () => vi.spyOn(console, 'error').mockImplementation(() => {})

test('a place that is empty again is no failure', async () => {
  const place = givenPlace()

  const outcome = await leftovers(place, impatient)

  expect(outcome.failed).toBe(0)
})

test('a folder left behind is a failure, and is removed', async () => {
  const place = givenPlace()
  silence()
  mkdirSync(join(place.folder, 'workspace'))
  writeFileSync(join(place.folder, 'workspace', 'file'), '')

  const outcome = await leftovers(place, impatient)

  expect(outcome.failed).toBe(1)
  expect(existsSync(join(place.folder, 'workspace'))).toBe(false)
})

test('a process left behind in a session of its own is a failure, and is ended', async () => {
  const place = givenPlace()
  silence()
  const child = spawn('sleep', ['60'], { cwd: place.folder, detached: true, stdio: 'ignore' })
  const ended = once(child, 'exit')
  await once(child, 'spawn')

  const outcome = await leftovers(place, impatient)

  expect(outcome.failed).toBe(1)
  expect((await ended)[1]).toBe('SIGKILL')
})

test('a process that only knows the folder by its environment is a failure, and is ended', async () => {
  const place = givenPlace()
  silence()
  const env = { ...process.env, TMPDIR: place.folder }
  const child = spawn('sleep', ['60'], { env, detached: true, stdio: 'ignore' })
  const ended = once(child, 'exit')
  await once(child, 'spawn')

  const outcome = await leftovers(place, impatient)

  expect(outcome.failed).toBe(1)
  expect((await ended)[1]).toBe('SIGKILL')
})
