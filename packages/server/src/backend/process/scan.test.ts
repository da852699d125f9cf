import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { markerScan } from './scan.ts'

async function givenProcess(env: Record<string, string>) {
  const child = spawn('sleep', ['300'], { env: { PATH: process.env.PATH, ...env } })
  const exited = once(child, 'exit')
  await once(child, 'spawn')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return child.pid ?? expect.fail('not spawned')
}

test('a scan finds the marker wherever it stands in a large environment', async () => {
  const filler = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`FILL_${index}`, 'x'.repeat(1_000)]),
  )
  const run = `scan-test/${process.pid}/1`
  const pid = await givenProcess({ ...filler, MOLECULE_RUN: run, MOLECULE_NODE: 'here' })

  const found = await markerScan()()

  expect(found.filter((one) => one.run === run)).toMatchObject([{ pid, node: 'here' }])
})

test('a variable that only looks like the marker is none', async () => {
  const run = `scan-test/${process.pid}/2`
  await givenProcess({ MY_MOLECULE_RUN: run, NOTE: `MOLECULE_RUN=${run}` })

  const found = await markerScan()()

  expect(found.filter((one) => one.run === run)).toEqual([])
})

test('who asks while a scan runs gets the next one, and shares it', async () => {
  const scan = markerScan()

  const [first, second, third] = [scan(), scan(), scan()]

  expect(second).not.toBe(first)
  expect(third).toBe(second)
  await Promise.all([first, second])
})
