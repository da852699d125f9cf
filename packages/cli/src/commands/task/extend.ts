import type { Command } from 'commander'
import { seconds } from '../../arguments.ts'
import type { Cli } from '../../cli.ts'

const msPerSecond = 1000

export const taskExtend = (command: Command, cli: Cli) =>
  command
    .argument('<id>', 'id of a task that has not ended')
    .argument('<seconds>', 'how much more time it gets', seconds)
    .action(async (id: string, ms: number) => {
      const more = Math.ceil(ms / msPerSecond)
      const task = await cli.client().tasks.extend(id, more, { signal: cli.signal })
      cli.out.show(task, () => cli.out.lines([`It has until ${task.deadline ?? 'it is done'}.`]))
    })
