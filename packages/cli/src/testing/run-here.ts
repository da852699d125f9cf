import { run } from '../program.ts'
import type { Ran } from './run-cli.ts'

/** The same command line without a process of its own: for what never gets as far as a server. */
export async function runHere(args: readonly string[]): Promise<Ran> {
  const written = { stdout: '', stderr: '' }
  const sink = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text
    },
  })
  const code = await run(args, {
    env: {},
    stdin: process.stdin,
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    signal: new AbortController().signal,
  })
  return { code, ...written }
}
