import type { Command } from 'commander'
import type { Cli } from '../cli.ts'
import { taskAtHand } from '../task-at-hand.ts'

export const progress = (command: Command, cli: Cli) =>
  command
    .argument('[text]', 'what has been done or comes next')
    .option('--task <id>', 'the task (default: TASK_ID, as agents have it)')
    .action(async (text: string | undefined, options: { task?: string }) => {
      const id = taskAtHand(cli, options.task)
      const body = text === undefined ? {} : { text }
      const reply = await cli.client().tasks.progress(id, body, { signal: cli.signal })
      if (cli.out.isJson) cli.out.document(reply)
    })
