import { expect, test } from 'vitest'
import { outsideMachine } from './harness/outside-machine.ts'
import { sharedInstallation } from './harness/shared-installation.ts'
import { until } from './harness/until.ts'
import { promise } from './requirements.ts'

const theInstallation = sharedInstallation({})

async function given() {
  const { url } = theInstallation()
  const client = await theInstallation().client()
  const machine = await outsideMachine()
  return { client, url, machine, archive: `${url}/install/molecule.tgz` }
}

test(`${promise('R-44')} RD-94: the Node of the machine installs the command line from the server, and from nowhere else`, async () => {
  const { machine, archive, client, url } = await given()
  await client.workspaces.create({ name: 'Scout', external: true })
  const env = { MOLECULE_URL: url, MOLECULE_TOKEN: await theInstallation().adminToken() }

  const { stdout } = await machine.run('npm', ['install', '--global', archive])
  const version = await machine.run('molecule', ['--version'])
  const list = await machine.run('molecule', ['ws', 'list'], env)

  expect(stdout).toContain('added 1 package')
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(list.stdout).toContain('Scout')
})

test(`${promise('R-43', 'R-44')} RD-94: one line there, pasted as it is told, and what people ask is answered`, async () => {
  const { machine, archive, client, url } = await given()
  const { id, connection } = await client.workspaces.create({ name: 'Pasted', external: true })
  const env = { PLATFORM_URL: url, MOLECULE_WORKSPACE_TOKEN: connection?.auth_token ?? '' }
  const { id: task } = await client.workspaces.ask(id, { text: 'Look!' })

  const words = ['--yes', archive, 'bridge', 'command', '--once', '--', 'cat']
  await machine.run('npx', words, env)

  const answered = await until('the answer', async () => {
    const found = await client.tasks.get(task)
    return found.ended_at !== null && found
  })
  expect(answered).toMatchObject({ status: 'completed', result: 'Look!' })
})

test(`${promise('R-44')} who asks for the head is told how much there is; who has it is told so`, async () => {
  const { archive } = await given()

  const head = await fetch(archive, { method: 'HEAD' })
  const etag = head.headers.get('etag') ?? ''
  const again = await fetch(archive, { headers: { 'if-none-match': etag } })

  expect([head.status, await head.text()]).toEqual([200, ''])
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(100_000)
  expect([again.status, await again.text()]).toEqual([304, ''])
})
