import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { taskAtHand } from '../task-at-hand.ts'

export const question = (command: Command, cli: Cli) =>
  command
    .argument('<text>', 'what has to be known before the work can go on')
    .option('--task <id>', 'the task (default: TASK_ID, as agents have it)')
    .action(async (text: string, options: { task?: string }) => {
      const id = taskAtHand(cli, options.task)
      const reply = await cli.client().tasks.question(id, text, { signal: cli.signal })
      cli.out.show(reply, () =>
        cli.out.lines(['End now. You are given the answer when the task goes on.']),
      )
    })
