import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Client } from '@molecule/sdk'
import { expect, test } from 'vitest'
import { givenInstallation } from './harness/given-installation.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const TEAM = 5
const timeoutMs = 120_000

const hashOf = (value: string) => createHash('sha256').update(value).digest('hex')

/** A team whose programs tell the hash of what they find, and so never the value. */
async function givenTeam(client: Client) {
  const runtime_config = {
    command: 'sh',
    args: ['-c', 'printf %s "$API_KEY" | sha256sum | cut -c 1-64 | tr -d "\\n"'],
  }
  const names = Array.from({ length: TEAM }, (_, n) => `Worker ${n}`)
  const team = await Promise.all(
    names.map((name) => client.workspaces.create({ name, runtime_config })),
  )
  return team.map(({ id }) => id)
}

async function told(client: Client, id: string) {
  const { id: taskId } = await client.workspaces.ask(id, { text: 'what do you find?' })
  const ended = async () => {
    const task = await client.tasks.get(taskId, { wait: 10 })
    return task.ended_at !== null && task
  }
  return (await until('the task ends', ended, { timeoutMs })).result
}

async function bytesBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const texts = await Promise.all(
    files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1').catch(() => '')),
  )
  return texts.join('\n')
}

test(`${promise('R-30')} LC-58: a new value reaches every agent after a rolling restart, also when the server is killed in it, and no file shows it`, async () => {
  const installation = await givenInstallation()
  const first = await installation.start()
  const client = await installation.client()
  await client.secrets.global.save({ key: 'API_KEY', value: 'the first value' })
  const team = await givenTeam(client)
  const before = await Promise.all(team.map((id) => told(client, id)))

  const saved = await client.secrets.global.save({ key: 'API_KEY', value: 'the second value' })
  const unchanged = await Promise.all(team.map((id) => told(client, id)))
  await client.secrets.restartDependents()
  await first.kill()
  await installation.start()
  await until(
    'nobody runs with the older value',
    async () => (await client.workspaces.list()).every((row) => !row.needs_restart),
    { timeoutMs },
  )
  const after = await Promise.all(team.map((id) => told(client, id)))

  expect(before).toEqual(team.map(() => hashOf('the first value')))
  expect(saved.needs_restart.map(({ id }) => id).sort()).toEqual([...team].sort())
  expect(unchanged).toEqual(before)
  expect(after).toEqual(team.map(() => hashOf('the second value')))
  const bytes = await bytesBelow(installation.dataDir)
  expect(bytes).toContain('API_KEY')
  expect(bytes).not.toMatch(/the (first|second) value/)
})
