import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { programEnv, programPaths } from './harness/program-paths.ts'
import { sharedInstallation } from './harness/shared-installation.ts'
import { promise } from './requirements.ts'

const theInstallation = sharedInstallation({})

function run(file: string, args: string[], env: Record<string, string>) {
  const path = join(programPaths.root, 'examples/sdk', file)
  const child = spawn(programPaths.node, [path, ...args], { env: { ...programEnv(), ...env } })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return { child, said: () => said }
}

test(`${promise('R-43')} the programs of the documentation ask and answer as they stand`, async () => {
  const client = await theInstallation().client()
  const { id, connection } = await client.workspaces.create({ name: 'Loud', external: true })
  const url = theInstallation().url
  run('answer-work.ts', [], {
    ...{ PLATFORM_URL: url, WORKSPACE_ID: id },
    MOLECULE_WORKSPACE_TOKEN: connection?.auth_token ?? '',
  })
  const asking = run('ask-and-follow.ts', ['Loud', 'hello'], {
    MOLECULE_URL: url,
    MOLECULE_TOKEN: await theInstallation().adminToken(),
  })

  const [code] = await once(asking.child, 'exit')

  expect([code, asking.said()]).toEqual([0, 'HELLO\n'])
})
