import { Command, CommanderError } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { catalogue } from './catalogue.ts'
import { type Cli, type CliParts, cliFor } from './cli.ts'
import { CliError, stoppedWaiting, usageError } from './cli-error.ts'
import type { Connection } from './connection.ts'
import { given } from './environment.ts'
import { type ExitCode, exitCode, exitCodeHelp } from './exit-code.ts'

/** Runs one command line to its end and returns the exit code. */
export async function run(argv: readonly string[], parts: CliParts): Promise<number> {
  const program = createProgram(parts)
  const cli = cliFor(program, parts)
  try {
    const [asked] = program.parseOptions([...argv]).operands
    await addCommands(program, cli, asked)
    await program.parseAsync([...argv], { from: 'user' })
    return cli.exitCode()
  } catch (error) {
    return fail(error, cli)
  }
}

function createProgram({ stdout, stderr }: CliParts): Command {
  const help = `\n${exitCodeHelp}\n\nEnvironment: MOLECULE_URL, MOLECULE_TOKEN, MOLECULE_TOKEN_FILE, ADMIN_TOKEN, MOLECULE_DATA_DIR, NO_COLOR, MOLECULE_DEBUG`
  return new Command('molecule')
    .description('Runs an organization of AI agents.')
    .version(manifest.version)
    .option('--url <url>', 'address of the server')
    .option('--token <token>', 'credential to call it with')
    .option('--data-dir <dir>', 'data folder of the server on this machine (default: ./data)')
    .option('--json', 'print JSON: one document, or one per line where the output is a stream')
    .helpCommand('help [command]', 'Show the help of a command')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: () => {},
    })
    .addHelpText('after', help)
    .exitOverride()
}

async function addCommands(program: Command, cli: Cli, asked: string | undefined) {
  const isKnown = catalogue.some(({ name }) => name === asked)
  for (const { name, summary, load } of catalogue) {
    const command = program.command(name).description(summary)
    if (!isKnown || name === asked) (await load())(command, cli)
  }
}

async function fail(error: unknown, cli: Cli): Promise<ExitCode> {
  if (error instanceof CommanderError && error.exitCode === 0) return exitCode.ok
  if (error instanceof CommanderError && error.code === 'commander.help') return exitCode.usage
  const { printError } = await import('./output/print-error.ts')
  const told = asTold(error, cli)
  const connection = connectionOf(cli)
  const isDebug = given(cli.env.MOLECULE_DEBUG) !== undefined
  return printError(told, { out: cli.out, connection, isDebug })
}

function asTold(error: unknown, cli: Cli): unknown {
  if (error instanceof CommanderError)
    return usageError(
      error.message.replace(/^error: /, ''),
      'See `molecule --help`, or --help after the name of the command.',
    )
  if (cli.signal.aborted && !(error instanceof CliError))
    return stoppedWaiting('interrupted', 'Interrupted.', [])
  return error
}

/** An address that cannot be resolved is the failure itself, not a fact about it. */
function connectionOf(cli: Cli): Connection | undefined {
  try {
    return cli.connection()
  } catch {
    return undefined
  }
}
