import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AuditRecord } from '@molecule/contract/audit'
import { moleculeClient } from '@molecule/sdk'
import { expect, test } from 'vitest'
import { runCli } from './harness/run-cli.ts'
import { sharedInstallation } from './harness/shared-installation.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const STALE_S = 2
const theInstallation = sharedInstallation({
  env: { REMOTE_LIVENESS_STALE_AFTER: String(STALE_S) },
})
const patience = { timeoutMs: 60_000 }

/** `molecule` with a token of its own instead of the admin's. */
const withToken = (token: string, ...args: string[]) =>
  runCli(theInstallation(), args, {
    env: { MOLECULE_TOKEN: token, MOLECULE_URL: theInstallation().url },
  })
const asAdmin = (...args: string[]) => runCli(theInstallation(), args)

test(`${promise('R-29')} a token made on the command line does what its scopes say, until it is revoked`, async () => {
  const made = await asAdmin('token', 'create', '--name', 'reader', '--scope', 'workspaces:read')
  const token = made.stdout.trim()

  const list = await withToken(token, 'ws', 'list')
  const create = await withToken(token, 'ws', 'create', 'nothing', '--command', 'cat')
  const audit = await withToken(token, 'audit', 'list')
  await asAdmin('token', 'revoke', 'reader')
  const after = await withToken(token, 'ws', 'list')

  expect(token).toMatch(/^mol_orgtoken_/)
  expect([list.code, create.code, audit.code, after.code]).toEqual([0, 4, 4, 4])
  expect(create.stderr).toContain('workspaces:write')
  expect(audit.stderr).toContain('audit:read')
})

test(`${promise('R-29')} the token of a removed workspace is dead at once, and so is a rotated one`, async () => {
  const client = await theInstallation().client()
  const kept = await client.workspaces.create({ name: 'kept', external: true })
  const gone = await client.workspaces.create({ name: 'gone', external: true })
  const tokens = [tokenOf(kept), tokenOf(gone)]
  const codes = async () =>
    (await Promise.all(tokens.map((token) => withToken(token, 'ws', 'list')))).map(
      ({ code }) => code,
    )
  const before = await codes()

  const rotated = await asAdmin('token', 'rotate', '--workspace', 'kept')
  await asAdmin('ws', 'delete', 'gone', '--yes')

  expect(before).toEqual([0, 0])
  expect(await codes()).toEqual([4, 4])
  expect((await withToken(rotated.stdout.trim(), 'ws', 'list')).code).toBe(0)
})

test(`${promise('R-31')} what was done is in the log, an export of it stands by itself, and a changed record is found`, async () => {
  await asAdmin('ws', 'create', 'audited', '--command', 'cat')
  const list = await asAdmin('audit', 'list', '--json')
  const file = join(theInstallation().folder, 'audit.ndjson')
  const forged = join(theInstallation().folder, 'forged.ndjson')
  await writeFile(file, (await asAdmin('audit', 'export')).stdout)
  await writeFile(forged, (await readFile(file, 'utf8')).replaceAll('audited', 'harmless'))

  const [server, sound, broken] = await Promise.all([
    asAdmin('audit', 'verify'),
    asAdmin('audit', 'verify', '--file', file),
    asAdmin('audit', 'verify', '--file', forged),
  ])

  const created = recordsOf(list.stdout).find(({ after }) => nameIn(after) === 'audited')
  expect(created).toMatchObject({ action: 'workspace.create', actor: 'admin' })
  expect([server.code, sound.code, broken.code]).toEqual([0, 0, 1])
  expect(broken.stdout + broken.stderr).toContain(`record ${created?.seq}`)
})

test(`${promise('R-32')} an agent elsewhere joins, falls silent, and comes back to the task it was asked meanwhile`, async () => {
  const client = await theInstallation().client()
  const created = await client.workspaces.create({ name: 'far away', external: true })
  const agent = moleculeClient({ baseUrl: theInstallation().url, token: tokenOf(created) })
  const status = async () => (await client.workspaces.get(created.id)).status
  const is = (wanted: string) =>
    until(`it is ${wanted}`, async () => (await status()) === wanted, patience)

  await agent.registry.register({ id: created.id })
  await is('online')
  await is('awaiting_agent')
  const task = await client.workspaces.ask(created.id, { text: 'are you there?' })
  await agent.registry.heartbeat({ workspace_id: created.id })
  await is('online')

  expect((await client.tasks.get(task.id)).status).toBe('queued')
  await expect(agent.workspaces.create({ name: 'more' })).rejects.toMatchObject({
    code: 'forbidden',
  })
})

const tokenOf = (created: object): string => {
  const { connection } = created as { connection?: { auth_token: string } }
  return connection?.auth_token ?? expect.fail('no token was shown')
}

const nameIn = (fields: AuditRecord['after']) =>
  typeof fields === 'object' ? fields?.name : fields

const recordsOf = (json: string): AuditRecord[] => {
  const printed = JSON.parse(json) as AuditRecord[] | { records: AuditRecord[] }
  return Array.isArray(printed) ? printed : printed.records
}
