import type { Cli } from './cli.ts'
import { usageError } from './cli-error.ts'
import { given } from './environment.ts'

/** The task an agent works on: the one that is named, or that of its environment. */
export function taskAtHand(cli: Cli, named: string | undefined): string {
  const id = named ?? given(cli.env.TASK_ID)
  if (id === undefined)
    throw usageError('No task is named.', 'Give --task <id>; inside an agent TASK_ID says it.')
  return id
}
