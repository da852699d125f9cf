import type { TaskExplanation } from '@molecule/contract/task-explain'
import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { toneOf } from '../../output/style.ts'
import { since, until } from '../../output/time.ts'

export const taskExplain = (command: Command, cli: Cli) =>
  command.argument('<id>', 'id of the task').action(async (id: string) => {
    const found = await cli.client().tasks.explain(id, { signal: cli.signal })
    cli.out.show(found, () => explanationLines(found, cli))
  })

function explanationLines(found: TaskExplanation, { out }: Cli) {
  const { style } = out
  const { holder, next } = found
  out.lines([
    `${style('bold', found.task_id)}  ${style(toneOf(found.status), found.status)}`,
    found.text,
  ])
  out.details([
    [
      'held by',
      holder && `${holder.name}, attempt ${holder.attempt} of start ${holder.incarnation}`,
    ],
    ['since', holder && `${since(holder.since)} ago`],
    ['last sign of life', found.last_sign_of_life && `${since(found.last_sign_of_life)} ago`],
    ['taken up before it', found.ahead === null ? null : String(found.ahead)],
    ['open parts', found.children.join(' ')],
    ['next', next.at && `${next.what} in ${until(next.at)}`],
    ...found.actions.map(({ action, possible, why }): [string, string] => [
      action,
      possible ? 'possible' : `not possible: ${why}`,
    ]),
  ])
}
