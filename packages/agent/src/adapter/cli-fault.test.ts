import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cliFault } from './cli-fault.ts'

async function given(printed: string) {
  const folder = await mkdtemp(join(tmpdir(), 'cli-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const program = `#!/bin/sh\necho '${printed}'\n`
  await writeFile(join(folder, 'agent'), program, { mode: 0o755 })
  return {
    ...{ command: 'agent', path: `${folder}:/usr/bin:/bin`, workDir: folder },
    ...{ title: 'The Agent', npmName: 'the-agent', testedWith: '2.10.0', worksFrom: '2.9.0' },
  }
}

test.each(['2.9.0', 'agent 2.10.1 (build 7)', '11.0.0', 'no version at all'])(
  'it is used where it says %s',
  async (printed) => {
    expect(await cliFault(await given(printed))).toBeUndefined()
  },
)

test('one that is older than what drives it needs is refused, with what to install', async () => {
  expect(await cliFault(await given('2.8.99'))).toEqual({
    code: 'runtime_too_old',
    detail: 'The Agent is 2.8.99 here; what drives it needs 2.9.0 or newer.',
    hint: 'Install a newer one (npm install -g the-agent@2.10.0), then restart the workspace.',
  })
})
