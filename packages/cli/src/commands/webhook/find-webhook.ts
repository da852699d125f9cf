import type { Cli } from '../../cli.ts'
import { notFound } from '../../cli-error.ts'
import { workspaceIdOf } from '../../find-workspace.ts'

/** By its name or its id. */
export async function findWebhook({ client, signal }: Cli, ws: string, given: string) {
  const workspace = await workspaceIdOf(client(), ws, signal)
  const all = await client().webhooks.list(workspace, { signal })
  const found = all.find(({ id, name }) => id === given || name === given)
  if (!found)
    throw notFound(
      `${ws} has no webhook "${given}".`,
      all.length === 0
        ? `It has none: molecule webhook add ${ws} …`
        : `It has: ${all.map(({ name }) => name).join(', ')}.`,
    )
  return { webhook: found, key: { workspace, webhook: found.id } }
}
