import { type Activity, type ActivityType, activityTypes } from '@molecule/contract/activity'
import { type Command, Option } from 'commander'
import { wholeNumber } from '../arguments.ts'
import type { Cli } from '../cli.ts'
import { workspaceIdOf } from '../find-workspace.ts'
import { oneLine, truncate } from '../output/plain-text.ts'
import { toneOf } from '../output/style.ts'
import { clockTime } from '../output/time.ts'
import { patiently } from '../patience.ts'
import { workspaceNames } from '../workspace-names.ts'

type Options = {
  type?: ActivityType
  search?: string
  limit: number
  follow?: boolean
}

const usual = 50
const waitS = 20

export const activity = (command: Command, cli: Cli) =>
  command
    .argument('<ws>', 'whose log')
    .addOption(new Option('--type <type>', 'only entries of this type').choices(activityTypes))
    .option('--search <words>', 'only entries that hold these words')
    .option('--limit <n>', 'at most this many, the newest', wholeNumber, usual)
    .option('--follow', 'stay and print what is added')
    .action((ws: string, options: Options) => printActivity(cli, ws, options))

async function printActivity(cli: Cli, ws: string, options: Options) {
  const { out, signal } = cli
  const client = cli.client()
  const id = await workspaceIdOf(client, ws, signal)
  const newestFirst =
    options.search === undefined
      ? await client.workspaces.activity(id, queryOf(options), { signal })
      : await client.workspaces.searchActivity(
          id,
          { q: options.search, limit: options.limit },
          { signal },
        )
  const entries = newestFirst.toReversed()
  const print = out.isJson ? out.jsonLine : linePrinter(cli, await workspaceNames(cli))
  for (const entry of entries) print(entry)
  if (options.follow) return follow(cli, { id, after: entries.at(-1)?.id, print, options })
  if (entries.length === 0 && !out.isJson) out.note('Nothing in its log.')
}

const queryOf = ({ type, limit }: Options) => ({ ...(type ? { type } : {}), limit })

type Following = {
  id: string
  after: string | undefined
  print: (entry: Activity) => void
  options: Options
}

/** Reads on after the last entry. While there is none, everything is new. */
async function follow(cli: Cli, { id, after, print, options }: Following) {
  const { signal, out } = cli
  using _spinner = out.spinner('waiting for what is added')
  const { workspaces } = cli.client()
  for (let last = after; !signal.aborted; ) {
    const query = { ...queryOf(options), wait: waitS, ...(last ? { since_id: last } : {}) }
    const entries = await patiently(() => workspaces.activity(id, query, { signal }), {
      signal,
      onSilence: (error) => out.note(`${error.message} Trying again.`),
    })
    for (const entry of last ? entries : entries.toReversed()) print(entry)
    last = (last ? entries.at(-1) : entries[0])?.id ?? last
  }
}

const arrows = { in: '←', out: '→', own: '·' }

function linePrinter({ out }: Cli, nameOf: (id: string) => string) {
  return (entry: Activity) => {
    const other = entry.direction === 'in' ? entry.source_id : entry.target_id
    const who = other === null ? (entry.direction === 'own' ? '' : 'people') : nameOf(other)
    const label = entry.method || entry.activity_type
    const head =
      `${clockTime(entry.created_at)}  ${arrows[entry.direction]} ${oneLine(who)}`.trimEnd()
    const said = oneLine(entry.error_detail ?? entry.summary)
    const { width } = out.screen
    const used = head.length + label.length + entry.status.length + 6
    const rest = width === undefined ? said : truncate(said, width - used)
    out.lines([
      `${head}  ${label}  ${out.style(toneOf(entry.status), entry.status)}  ${rest}`.trimEnd(),
    ])
  }
}
