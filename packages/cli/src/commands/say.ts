import type { Command } from 'commander'
import { textOrStdin } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import { usageError } from '../cli-error.ts'
import { given } from '../environment.ts'
import { workspaceIdOf } from '../find-workspace.ts'

export const say = (command: Command, cli: Cli) =>
  command
    .argument('<text>', 'what the people are told; - reads it from standard input')
    .option('--ws <ws>', 'in whose name (default: WORKSPACE_ID, as agents have it)')
    .action(async (text: string, options: { ws?: string }) => {
      const whose = options.ws ?? given(cli.env.WORKSPACE_ID)
      if (whose === undefined)
        throw usageError(
          'No workspace is named that speaks.',
          'Give --ws <workspace>; inside an agent WORKSPACE_ID says it.',
        )
      const { signal } = cli
      const client = cli.client()
      const id = await workspaceIdOf(client, whose, signal)
      const message = await textOrStdin(text, cli)
      const answer = await client.workspaces.notify(id, { message }, { signal })
      if (cli.out.isJson) cli.out.document(answer)
    })
