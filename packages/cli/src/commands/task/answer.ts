import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'

export const taskAnswer = (command: Command, cli: Cli) =>
  command
    .argument('<id>', 'id of a task that waits for you')
    .argument('[text]', 'what its agent asked; not needed for a login or a limit')
    .action(async (id: string, text: string | undefined) => {
      const task = await cli.client().tasks.answer(id, text, { signal: cli.signal })
      cli.out.show(task, () => cli.out.lines(['It goes on.']))
    })
