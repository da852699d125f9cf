import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { givenCli } from '../testing/given-cli.ts'

/** A process that stands for the server until it is told to shut down. */
async function givenRunningServer() {
  const body = spawn('sleep', ['60'])
  const cli = await givenCli({ pid: body.pid ?? 0, onShutdown: () => body.kill() })
  const dataDir = join(cli.home, 'data')
  mkdirSync(dataDir)
  writeFileSync(join(dataDir, 'admin-token'), cli.state.token)
  writeFileSync(
    join(dataDir, 'server.json'),
    JSON.stringify({ pid: body.pid, url: cli.server.url, started_at: '2026-01-02T03:04:05Z' }),
  )
  return {
    cli,
    body,
    async [Symbol.asyncDispose]() {
      body.kill('SIGKILL')
      await cli[Symbol.asyncDispose]()
    },
  }
}

test('down stops the agents, waits until the server is gone and says how many there were', async () => {
  await using running = await givenRunningServer()
  const env = { MOLECULE_URL: '', MOLECULE_TOKEN: '' }

  const { code, stdout } = await running.cli.run(['down'], { env })

  expect({ code, stdout }).toEqual({ code: 0, stdout: 'Stopped 2 agents and the server.\n' })
  expect(running.cli.bodyOf('POST', '/admin/shutdown')).toEqual({ stop_agents: true })
  expect(running.body.killed).toBe(true)
})

test('down with an address of another server touches nothing', async () => {
  await using running = await givenRunningServer()

  const { code, stderr } = await running.cli.run(['down', '--url', 'http://127.0.0.1:9'])

  expect(code).toBe(2)
  expect(stderr).toContain('not one at an address')
  expect(running.cli.server.asked).toEqual([])
})
