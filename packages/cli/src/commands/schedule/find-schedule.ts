import type { Cli } from '../../cli.ts'
import { notFound } from '../../cli-error.ts'
import { workspaceIdOf } from '../../find-workspace.ts'

/** By its name or its id. */
export async function findSchedule({ client, signal }: Cli, ws: string, given: string) {
  const workspace = await workspaceIdOf(client(), ws, signal)
  const all = await client().schedules.list(workspace, { signal })
  const found = all.find(({ id, name }) => id === given || name === given)
  if (!found)
    throw notFound(
      `${ws} has no schedule "${given}".`,
      all.length === 0
        ? `It has none: molecule schedule add ${ws} …`
        : `It has: ${all.map(({ name }) => name).join(', ')}.`,
    )
  return { schedule: found, key: { workspace, schedule: found.id } }
}
