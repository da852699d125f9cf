import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import type { Installation } from './installation.ts'
import { programEnv, programPaths } from './program-paths.ts'

export type CliRun = {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export type RunCli = {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
}

const limitMs = 120_000

/** `molecule` as a person runs it on the machine of the installation. One that does not end is killed: its code is null. */
export async function runCli(
  installation: Pick<Installation, 'dataDir' | 'folder'>,
  args: readonly string[],
  { env = {}, input = '' }: RunCli = {},
): Promise<CliRun> {
  const child = spawn(programPaths.node, [programPaths.cli, ...args], {
    cwd: installation.folder,
    env: { ...programEnv(), MOLECULE_DATA_DIR: installation.dataDir, ...env },
    timeout: limitMs,
    killSignal: 'SIGKILL',
  })
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}
