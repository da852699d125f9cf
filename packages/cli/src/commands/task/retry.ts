import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'

export const taskRetry = (command: Command, cli: Cli) =>
  command.argument('<id>', 'id of a task that has ended').action(async (id: string) => {
    const task = await cli.client().tasks.retry(id, { signal: cli.signal })
    cli.out.show(task, () => cli.out.lines([`Asked again as ${task.id}; it is ${task.status}.`]))
  })
