import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'

export const taskCancel = (command: Command, cli: Cli) =>
  command.argument('<id>', 'id of the task').action(async (id: string) => {
    const task = await cli.client().tasks.cancel(id, { signal: cli.signal })
    cli.out.show(task, () =>
      cli.out.lines([
        task.status === 'canceled'
          ? `Canceled ${task.id}.`
          : `Cancel of ${task.id} is on its way; it is ${task.status} until its agent has stopped.`,
      ]),
    )
  })
