import type { InboxItem } from '@molecule/contract/task'
import type { Command } from 'commander'
import { seconds } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import { stoppedWaiting, usageError } from '../cli-error.ts'
import { given } from '../environment.ts'
import { workspaceIdOf } from '../find-workspace.ts'
import { oneLine } from '../output/plain-text.ts'
import { patiently } from '../patience.ts'

type InboxOptions = { ws?: string; wait?: boolean; timeout?: number; peek?: boolean }

const longestWaitS = 25

export const inbox = (command: Command, cli: Cli) =>
  command
    .option('--ws <ws>', 'whose inbox (default: WORKSPACE_ID, as agents have it)')
    .option('--wait', 'stay until something comes')
    .option('--timeout <seconds>', 'with --wait: stay no longer than this', seconds)
    .option('--peek', 'do not acknowledge: the same items come again')
    .action((options: InboxOptions) => readInbox(cli, options))

async function readInbox(cli: Cli, options: InboxOptions) {
  const { out, signal } = cli
  const whose = options.ws ?? given(cli.env.WORKSPACE_ID)
  if (whose === undefined)
    throw usageError(
      'No workspace is named whose inbox to read.',
      'Give --ws <workspace>; inside an agent WORKSPACE_ID says it.',
    )
  const id = await workspaceIdOf(cli.client(), whose, signal)
  const items = options.wait ? await waitForItems(cli, id, options) : await take(cli, id, 0, signal)
  out.show(items, () => {
    if (items.length === 0) out.note('Nothing new.')
    else out.lines(items.flatMap(itemLines))
  })
  const last = items.at(-1)
  if (last && !options.peek) await cli.client().workspaces.ackInbox(id, last.seq, { signal })
}

async function waitForItems(cli: Cli, id: string, { timeout }: InboxOptions) {
  using _spinner = cli.out.spinner('waiting for something to come')
  const limits = timeout === undefined ? [] : [AbortSignal.timeout(timeout)]
  const signal = AbortSignal.any([cli.signal, ...limits])
  const onSilence = (error: Error) => cli.out.note(`${error.message} Trying again.`)
  try {
    while (true) {
      const items = await patiently(() => take(cli, id, longestWaitS, signal), {
        signal,
        onSilence,
      })
      if (items.length > 0) return items
    }
  } catch (error) {
    if (signal.aborted && !cli.signal.aborted)
      throw stoppedWaiting('timedOut', 'Nothing came in the time given.', [])
    throw error
  }
}

async function take(cli: Cli, id: string, wait: number, signal: AbortSignal) {
  const query = wait > 0 ? { wait } : {}
  return (await cli.client().workspaces.inbox(id, query, { signal })).items
}

function itemLines(item: InboxItem): string[] {
  const about = [item.kind, item.status, item.late ? 'late' : null, item.task_id]
  const head = `${item.seq}  ${about.filter((part) => part !== null).join('  ')}`
  return [head, ...item.text.split('\n').map((line) => `    ${oneLine(line)}`)]
}
