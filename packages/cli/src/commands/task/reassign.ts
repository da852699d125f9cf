import type { Command } from 'commander'
import type { Cli } from '../../cli.ts'
import { workspaceIdOf } from '../../find-workspace.ts'

export const taskReassign = (command: Command, cli: Cli) =>
  command
    .argument('<id>', 'id of a task that nobody works on')
    .argument('<ws>', 'who is to do it')
    .action(async (id: string, ws: string) => {
      const { out, signal } = cli
      const client = cli.client()
      const to = await workspaceIdOf(client, ws, signal)
      const task = await client.tasks.reassign(id, to, { signal })
      out.show(task, () => out.lines([`Given to ${ws}; it is ${task.status}.`]))
    })
