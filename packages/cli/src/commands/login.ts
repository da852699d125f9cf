import { MoleculeError } from '@molecule/sdk'
import type { Command } from 'commander'
import { textOrStdin } from '../arguments.ts'
import { type Cli, clientFor } from '../cli.ts'
import { usageError } from '../cli-error.ts'
import { storedLoginPath, storeLogin } from '../stored-login.ts'

export const login = (command: Command, cli: Cli) =>
  command
    .addHelpText(
      'after',
      '\nWith --url or --token: checks that connection and stores it for later commands (--token - reads the token\nfrom standard input). Without: prints a one-time link that logs a browser in.',
    )
    .action(() => {
      const { url, token } = cli.options()
      return url === undefined && token === undefined ? printLink(cli) : storeConnection(cli)
    })

async function printLink({ client, out, signal }: Cli) {
  const link = await client().session.link({}, { signal })
  out.show(link, () => {
    out.lines([link.url])
    out.note(`Open it in a browser. It works once, until ${link.expires_at}.`)
  })
}

async function storeConnection(cli: Cli) {
  const { url, token: found } = cli.connection()
  const token = (await textOrStdin(found ?? '', cli)).trim()
  if (token === '')
    throw usageError(
      'There is no token to store.',
      'Give --token <token>, or --token - to type it.',
    )
  const session = await clientFor({ url, token }).session.current({ signal: cli.signal })
  const path = store(cli, { url, token })
  cli.out.show({ url, stored: path, session }, () =>
    cli.out.lines([`Logged in to ${url} as ${session.name} (${session.kind}); stored in ${path}.`]),
  )
}

function store(cli: Cli, connection: { url: string; token: string }): string {
  try {
    return storeLogin(cli.env, connection)
  } catch (error) {
    if (error instanceof MoleculeError) throw error
    throw usageError(
      `The connection works but cannot be stored in ${storedLoginPath(cli.env)}: ${error instanceof Error ? error.message : error}`,
      'Make the folder writable, or set XDG_CONFIG_HOME to one that is.',
    )
  }
}
