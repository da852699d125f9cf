import type { Command } from 'commander'
import { wholeNumber } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import { workspaceIdOf } from '../find-workspace.ts'
import { safeText } from '../output/plain-text.ts'

type LogsOptions = { follow?: boolean; lines?: number }

export const logs = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace: name, path or id')
    .option('-f, --follow', 'go on with what is written, until its agent host ends')
    .option('-n, --lines <n>', 'begin with so many of the newest lines', wholeNumber)
    .action((given: string, options: LogsOptions) => printLogs(cli, given, options))

async function printLogs(cli: Cli, given: string, { follow = false, lines }: LogsOptions) {
  const { out, signal } = cli
  const client = cli.client()
  const id = await workspaceIdOf(client, given, signal)
  const query = { follow, ...(lines === undefined ? {} : { tail: lines }) }
  for await (const text of wholeLines(client.logs(id, query, { signal })))
    if (out.isJson) out.jsonLine({ line: text })
    else out.lines([safeText(text)])
}

/** Text comes in pieces as the network cuts it. */
async function* wholeLines(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const piece of pieces) {
    const cut = (rest + piece).split('\n')
    rest = cut.pop() ?? ''
    yield* cut
  }
  if (rest !== '') yield rest
}
