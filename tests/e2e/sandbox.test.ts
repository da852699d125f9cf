import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { expect, onTestFinished, test } from 'vitest'
import { findSandbox } from '../../packages/server/src/backend/process/sandbox.ts'
import { freePort } from './harness/free-port.ts'
import { givenInstallation } from './harness/given-installation.ts'
import { refusedStart } from './harness/refused-start.ts'
import { runCli } from './harness/run-cli.ts'
import { until } from './harness/until.ts'

const found = await findSandbox([])
const whyNot = 'reason' in found ? found.reason : undefined
const env = { MOLECULE_SANDBOX: 'on' }

test.skipIf(whyNot !== undefined)(
  'agents in a sandbox work and delegate, are taken over by the next server at another port, and read nobody else’s files',
  async () => {
    const installation = await givenInstallation()
    const { dataDir } = installation
    const first = await installation.start({ env })
    const client = await installation.client()
    const make = async (name: string, script: string) => {
      const runtime_config = { command: 'sh', args: ['-c', script] }
      const { id } = await client.workspaces.create({ name, runtime_config })
      await until(
        `${name} is online`,
        async () => (await client.workspaces.get(id)).status === 'online',
      )
      return id
    }
    const lead = await make(
      'Lead',
      `cat >asked; ls '${dataDir}' '${dataDir}/workspaces'; cat '${dataDir}/admin-token' 2>/dev/null
       ls "$(dirname "$MOLECULE_TOKEN_FILE")" | grep -q agent-token && molecule progress "on its way" && echo told`,
    )
    await make('Other', 'echo secret >note; cat')
    await runCli(installation, ['ask', 'Other', 'x'])
    const hosts = await installation.hosts()

    const seen = await runCli(installation, ['ask', 'Lead', 'look around'])

    const lines = seen.stdout.trim().split('\n').filter(Boolean)
    expect(lines).toEqual([
      `${dataDir}:`,
      'address',
      'workspaces',
      `${dataDir}/workspaces:`,
      lead,
      'told',
    ])
    await first.kill()
    const second = installation.launch({ env: { ...env, PORT: String(await freePort()) } })
    onTestFinished(async () => void (await second.stop()))
    await second.ready()
    const again = await runCli(installation, ['ask', 'Other', 'still there'])
    expect(again).toMatchObject({ code: 0, stdout: 'still there\n' })
    const pidsOf = (all: typeof hosts) => all.map(({ pid }) => pid).toSorted()
    expect(pidsOf(await installation.hosts())).toEqual(pidsOf(hosts))
    expect(await runCli(installation, ['doctor'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^ok {4}backend process {2}agents run in a sandbox of bubblewrap$/m,
      ),
    })
  },
)

test('MOLECULE_SANDBOX=on without bubblewrap refuses the start, and says what to install', async () => {
  const installation = await givenInstallation()
  const fake = join(installation.folder, 'bwrap')
  await writeFile(
    fake,
    '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2; exit 1\n',
    { mode: 0o755 },
  )
  const path = { PATH: `${installation.folder}:${process.env.PATH}` }

  const output = await refusedStart(installation, { env: { ...env, ...path } })

  expect(output).toContain(
    'bubblewrap does not work here: bwrap: No permissions to create new namespace',
  )
  expect(output).toContain('apt-get install bubblewrap')
})

if (whyNot !== undefined) test.skip(`agents in a sandbox: ${whyNot}`, () => {})
