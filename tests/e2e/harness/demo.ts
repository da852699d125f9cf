import { execFile } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import type { Client } from '@molecule/sdk'
import type { Installation, ServerOptions } from './installation.ts'
import { patiently } from './patiently.ts'
import { programEnv, programPaths, testProgram } from './program-paths.ts'
import { startsFile } from './small-organization.ts'
import { until } from './until.ts'

const run = promisify(execFile)

/** Starts the demo on a small repository, with its programs' starts counted, and first attempts of specialists held at a gate. */
export async function demoOptions(
  installation: Installation,
  { gate }: { gate?: string } = {},
): Promise<ServerOptions> {
  const bin = await countingNode(installation, gate)
  const repository = await smallRepository(join(installation.folder, 'shop'))
  const env = programEnv()
  return {
    args: ['--repository', repository],
    env: { PATH: [bin, env.PATH].join(delimiter) },
  }
}

/** A `node` that notes the start of an attempt's program; every other program gets the real one. */
async function countingNode(installation: Installation, gate = '/'): Promise<string> {
  const bin = join(installation.folder, 'bin')
  const { node } = programPaths
  const script = `#!/bin/sh
if [ -z "$TASK_ID" ] || [ -n "$IS_NOTED" ]; then exec '${node}' "$@"; fi
export IS_NOTED=1
gate='${gate}'
case "$TASK_ATTEMPT $1" in
  [!1]* | *lead.ts) gate=/ ;;
esac
exec sh '${testProgram('noted.sh')}' '${startsFile(installation)}' \\
  sh '${testProgram('gate.sh')}' "$gate" '${node}' "$@"
`
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, 'node'), script)
  await chmod(join(bin, 'node'), 0o755)
  return bin
}

async function smallRepository(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "name": "shop", "license": "MIT" }\n')
  await writeFile(join(folder, 'shop.ts'), 'export const price = 12\n')
  const git = (...args: string[]) =>
    run('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...args], { cwd: folder })
  await git('init', '--quiet')
  await git('add', '.')
  await git('commit', '--quiet', '--message', 'Open the shop')
  return folder
}

export const demoTasks = async (client: Client) =>
  (await patiently(() => client.tasks.list({ limit: 100 }))).tasks

/** The report, once every task of the demo has ended. */
export async function demoReport(client: Client): Promise<string> {
  const root = await until(
    'the demo ends',
    async () => {
      const tasks = await demoTasks(client)
      const isOver = tasks.length > 0 && tasks.every(({ ended_at }) => ended_at !== null)
      return isOver && tasks.find(({ parent_task_id }) => parent_task_id === null)
    },
    { everyMs: 100 },
  )
  const task = await patiently(() => client.tasks.get(root.id))
  return task.result ?? JSON.stringify(task.error)
}
