import { type CreateWebhook, webhookKinds } from '@molecule/contract/webhook'
import { type Command, Option } from 'commander'
import { textOrStdin } from '../../arguments.ts'
import type { Cli } from '../../cli.ts'
import { workspaceIdOf } from '../../find-workspace.ts'
import { showSecret } from './show-secret.ts'

type Options = { kind: CreateWebhook['kind']; event?: string[] }

export const webhookAdd = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'workspace: name, path or id')
    .argument('<name>', 'what it is called')
    .argument('<prompt>', 'what is asked, with {{title}}, {{body}} …; - reads standard input')
    .addOption(
      new Option('--kind <kind>', 'who signs').choices([...webhookKinds]).default('github'),
    )
    .option(
      '--event <events>',
      'what it is for, as in issues.opened: a comma list, or many times',
      listed,
    )
    .action(async (ws: string, name: string, prompt: string, { kind, event }: Options) => {
      const { client, signal } = cli
      const id = await workspaceIdOf(client(), ws, signal)
      const body = { name, kind, prompt: await textOrStdin(prompt, cli), events: event ?? [] }
      showSecret(cli, await client().webhooks.create(id, body, { signal }))
    })

const listed = (value: string, previous: string[] = []) => [
  ...new Set([...previous, ...value.split(',').map((each) => each.trim())]),
]
