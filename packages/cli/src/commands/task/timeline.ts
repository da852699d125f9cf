import type { Task, TimelineEntry } from '@molecule/contract/task'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { oneLine } from '../../output/plain-text.ts'
import { toneOf } from '../../output/style.ts'
import { clockTime } from '../../output/time.ts'
import { workspaceNames } from '../../workspace-names.ts'

export const taskTimeline = (command: Command, cli: Cli) =>
  command.argument('<id>', 'id of the task').action(async (id: string) => {
    const task = await cli.client().tasks.get(id, {}, { signal: cli.signal })
    if (cli.out.isJson) return cli.out.document(task.timeline)
    return cli.out.lines(timelineLines(task, await workspaceNames(cli), cli))
  })

const words: Readonly<Record<TimelineEntry['what'], string>> = {
  asked: 'asked for by',
  handed_over: 'handed over to',
  began: 'begun',
  attempt_ended: 'attempt ended',
  asked_back: 'asked',
  answered: 'answered by',
  cancel_requested: 'cancel requested',
  ended: 'ended',
  late_result: 'its result came late',
}

const timelineLines = (task: Task, names: (id: string) => string, { out }: Cli) =>
  task.timeline.map(({ at, what, attempt, outcome, by, text }) => {
    const [kind, id = ''] = by?.split(':') ?? []
    const who = kind === 'workspace' ? names(id) : id
    const parts = [
      clockTime(at),
      attempt === null ? ' ' : String(attempt),
      `${words[what]}${who ? ` ${oneLine(who)}` : ''}`,
      outcome === null ? '' : out.style(toneOf(outcome), outcome),
      text === null ? '' : oneLine(text),
    ]
    return parts.join('  ').trimEnd()
  })
