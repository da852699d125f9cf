import type { EventPage, StoredEvent } from '@molecule/contract/event'
import type { Command } from 'commander'
import { wholeNumber } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import { stoppedWaiting } from '../cli-error.ts'
import { oneLine, truncate } from '../output/plain-text.ts'
import { toneOf } from '../output/style.ts'
import { clockTime } from '../output/time.ts'
import { patiently } from '../patience.ts'
import { workspaceNames } from '../workspace-names.ts'

type EventsOptions = { follow?: boolean; since?: number; limit: number }
type Position = { since: number | undefined; epoch: string | undefined }

const waitS = 20
const pageSize = 500
const newest = 50

export const events = (command: Command, cli: Cli) =>
  command
    .option('--follow', 'stay and print what happens next')
    .option('--since <seq>', 'begin after this position (default: with the newest)', wholeNumber)
    .option('--limit <n>', 'without --since: how many to begin with', wholeNumber, newest)
    .action((options: EventsOptions) => printEvents(cli, options))

async function printEvents(cli: Cli, options: EventsOptions) {
  const print = cli.out.isJson ? cli.out.jsonLine : eventPrinter(cli, await workspaceNames(cli))
  using _progress = options.follow ? cli.out.spinner('waiting for what happens next') : undefined
  const position: Position = { since: options.since, epoch: undefined }
  try {
    while (true) {
      const page = await nextPage(cli, position, options)
      take(cli, page, position, print)
      if (!options.follow && (page.events.length === 0 || (position.since ?? 0) >= page.head))
        return
    }
  } catch (error) {
    if (!cli.signal.aborted || position.since === undefined) throw error
    throw stoppedWaiting('interrupted', `Stopped after event ${position.since}.`, [
      `go on: molecule events --follow --since ${position.since}`,
    ])
  }
}

function nextPage(cli: Cli, { since }: Position, { follow, limit }: EventsOptions) {
  const { signal } = cli
  if (since === undefined) return cli.client().events({ limit }, { signal })
  const query = { since, limit: pageSize, ...(follow ? { wait: waitS } : {}) }
  if (!follow) return cli.client().events(query, { signal })
  return patiently(() => cli.client().events(query, { signal }), {
    signal,
    onSilence: (error) => cli.out.note(`${error.message} Trying again.`),
  })
}

/** Moves the position on. A gap too old, or another database behind the address, is said and jumped over. */
function take(cli: Cli, page: EventPage, position: Position, print: (event: StoredEvent) => void) {
  const isOtherFeed = position.epoch !== undefined && page.epoch !== position.epoch
  position.epoch = page.epoch
  if (page.reset || isOtherFeed) {
    if (cli.out.isJson) cli.out.jsonLine({ event: 'reset', head: page.head })
    else cli.out.note(`There is a gap after event ${position.since}; going on at ${page.head}.`)
    position.since = page.head
    return
  }
  for (const event of page.events) print(event)
  position.since = page.next
}

function eventPrinter({ out }: Cli, nameOf: (id: string) => string) {
  const names = new Map<string, string>()
  return (event: StoredEvent) => {
    if (event.entity === 'workspace') names.set(event.workspace_id, event.payload.workspace.name)
    const name = oneLine(names.get(event.workspace_id) ?? nameOf(event.workspace_id))
    const { status, text } = summaryOf(event)
    const plain = `${String(event.seq ?? '').padStart(6)}  ${clockTime(event.timestamp)}  ${event.event.padEnd(26)}  ${name}  `
    const width = out.screen.width
    const rest =
      width === undefined ? text : truncate(text, width - plain.length - status.length - 2)
    out.lines([`${plain}${out.style(toneOf(status), status)}  ${rest}`.trimEnd()])
  }
}

function summaryOf(event: StoredEvent): { status: string; text: string } {
  if (event.entity === 'workspace') {
    const { status, failure_reason } = event.payload.workspace
    return { status, text: oneLine(failure_reason?.detail ?? '') }
  }
  const { status, preview, error, id } = event.payload.task
  return { status, text: oneLine(`${id}  ${error?.detail ?? preview}`) }
}
