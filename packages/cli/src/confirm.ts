import { createInterface } from 'node:readline'
import type { Cli } from './cli.ts'
import { usageError } from './cli-error.ts'

/** Says what will happen and asks for a yes. Without a terminal nobody can be asked: then it takes `--yes`. */
export async function isConfirmed(
  cli: Cli,
  { what, consequences = [] }: { what: string; consequences?: readonly string[] },
): Promise<boolean> {
  if (!cli.stdin.isTTY || !cli.out.screen.hasProgress)
    throw usageError(`This would ${what}.`, 'Say so with --yes.', consequences)
  const told = consequences.map((line) => `${line}\n`).join('')
  cli.out.screen.err(`${told}${what.charAt(0).toUpperCase()}${what.slice(1)}? [y/N] `)
  const lines = createInterface({ input: cli.stdin, signal: cli.signal })
  for await (const answer of lines) return /^y(es)?$/i.test(answer.trim())
  cli.signal.throwIfAborted()
  return false
}
