import type { Command } from 'commander'
import { textOrStdin } from '../../arguments.ts'
import type { Cli } from '../../cli.ts'
import { usageError } from '../../cli-error.ts'
import { readHidden } from '../../output/read-hidden.ts'
import { type ScopeOption, scopeOf, withScope } from './scope.ts'
import { tellRestart } from './tell-restart.ts'

type SetOptions = ScopeOption & { value?: string }

export const secretSet = (command: Command, cli: Cli) =>
  withScope(command, 'for this workspace only')
    .argument('<name>', 'name of the environment variable')
    .option('--value <value>', 'the value itself; others on this machine may see it')
    .addHelpText(
      'after',
      '\nWithout --value the value is typed without being shown, or read from standard input, its line break at the end left\nout: molecule secret set API_KEY <file',
    )
    .action((name: string, options: SetOptions) => save(cli, name, options))

async function save(cli: Cli, key: string, options: SetOptions) {
  const { out, signal } = cli
  const { secrets } = cli.client()
  const id = await scopeOf(cli, options)
  const value = await askedValue(cli, key, options)
  const saved = await (id === undefined
    ? secrets.global.save({ key, value }, { signal })
    : secrets.workspace.save(id, { key, value }, { signal }))
  out.show(saved, () => {
    out.lines([saved.changed ? `Saved ${key}.` : `${key} has this value already.`])
    tellRestart(cli, saved.needs_restart, options)
  })
}

async function askedValue(cli: Cli, key: string, { value }: SetOptions): Promise<string> {
  if (value !== undefined) {
    cli.out.note(
      'Warning: a value on the command line stays in the history of the shell, and others on this machine may see it.',
    )
    return value
  }
  const { stdin } = cli
  const read = stdin.isTTY
    ? await readHidden(cli, `Value of ${key}: `)
    : (await textOrStdin('-', cli)).replace(/\r?\n$/, '')
  if (read !== '') return read
  throw usageError(
    'There is no value to store.',
    `Type it, or hand it in: molecule secret set ${key} <file`,
  )
}
