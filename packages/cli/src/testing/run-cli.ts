import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../bin/molecule.mjs', import.meta.url))
const longestMs = 18_000

/** A folder of its own to run in, as on a machine where nothing was ever set up. */
export function bareHome() {
  const path = mkdtempSync(join(tmpdir(), 'molecule-cli-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export type RunOptions = {
  cwd: string
  env?: Record<string, string>
  stdin?: string
  /** Stops reading standard output after the first of it, as `head` does. */
  closeStdout?: boolean
  /** Sent once standard error or standard output holds the text. */
  interrupt?: { when: string; signal: NodeJS.Signals }
}

export type Ran = { code: number | null; stdout: string; stderr: string }

/** Runs the real command as a child process, with nothing of this process's environment but PATH. */
export async function runCli(args: readonly string[], options: RunOptions): Promise<Ran> {
  const { cwd, env = {}, stdin, interrupt } = options
  const child = spawn(process.execPath, [bin, ...args], {
    cwd,
    env: { PATH: '/usr/bin:/bin', HOME: cwd, TZ: 'UTC', ...env },
    timeout: longestMs,
  })
  const seen = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      seen[stream] += text
      if (options.closeStdout) child.stdout.destroy()
      if (!interrupt || child.killed || !`${seen.stdout}${seen.stderr}`.includes(interrupt.when))
        return
      child.kill(interrupt.signal)
    })
  child.stdin.on('error', () => {})
  child.stdin.end(stdin ?? '')
  const [code] = await once(child, 'close')
  return { code, ...seen }
}
