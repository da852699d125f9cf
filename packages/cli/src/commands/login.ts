import { type CreateLoginLink, type Role, roles } from '@molecule/contract/identity'
import { MoleculeError } from '@molecule/sdk'
import { type Command, Option } from 'commander'
import { textOrStdin } from '../arguments.ts'
import { type Cli, clientFor } from '../cli.ts'
import { usageError } from '../cli-error.ts'
import { storedLoginPath, storeLogin } from '../stored-login.ts'

type LoginOptions = { name?: string; role?: Role }

export const login = (command: Command, cli: Cli) =>
  command
    .addHelpText(
      'after',
      '\nWith --name and --role: a link for that person. Otherwise, with --url or --token: checks that connection and stores it for later commands (--token - reads the token\nfrom standard input). Without: prints a one-time link that logs a browser in.',
    )
    .option('--name <name>', 'make a link for this person')
    .addOption(new Option('--role <role>', 'what the person may do').choices(roles))
    .action((options: LoginOptions) => {
      const person = personOf(options)
      const { url, token } = cli.options()
      const isForHere = url === undefined && token === undefined
      return person || isForHere ? printLink(cli, person ?? {}) : storeConnection(cli)
    })

function personOf({ name, role }: LoginOptions): CreateLoginLink | undefined {
  if (name === undefined && role === undefined) return undefined
  if (name === undefined) throw usageError('--role needs a person.', 'Say who with --name.')
  if (role === undefined)
    throw usageError(
      `What may ${name} do?`,
      'Say so with --role: a viewer looks, an operator runs workspaces, an owner may do all.',
    )
  return { name, role }
}

async function printLink({ client, out, signal }: Cli, person: CreateLoginLink) {
  const link = await client().session.link(person, { signal })
  out.show(link, () => {
    out.lines([link.url])
    out.note(`${forWhom(person)} It works once, until ${link.expires_at}.`)
  })
}

const forWhom = ({ name, role }: CreateLoginLink) =>
  name === undefined ? 'Open it in a browser.' : `Give it to ${name}, who becomes ${role}.`

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
