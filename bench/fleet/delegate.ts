import type { Agent } from './agent.ts'
import type { Fleet } from './fleet.ts'

/** Every agent delegates to its neighbour, one after the other; answers the new tasks once all of them have ended. */
export async function delegateToNeighbours(
  { agents, starts, untilEnded }: Fleet,
  perAgent: number,
  signal: AbortSignal,
): Promise<string[]> {
  const before = starts.size
  const delegateAll = async ({ client, workspaceId }: Agent, index: number) => {
    const target = agents[(index + 1) % agents.length]
    if (!target) throw new Error('no agent')
    const ids: string[] = []
    for (let n = 0; n < perAgent; n++) {
      const body = { target_id: target.workspaceId, task: 'do nothing' }
      const { delegation_id } = await client.workspaces.delegate(workspaceId, body, { signal })
      ids.push(delegation_id)
    }
    return ids
  }
  const [ids] = await Promise.all([
    Promise.all(agents.map(delegateAll)),
    untilEnded(before + agents.length * perAgent),
  ])
  return ids.flat()
}

/** Throws unless each of these tasks was started once, has one attempt and one result, and its caller was told once. */
export async function proveOnce(
  { agents, client, starts }: Fleet,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const unlike = (what: string) => (id: string) => {
    throw new Error(`delegation ${id} ${what}`)
  }
  const listed = await client.tasks.list({ status: 'completed', limit: ids.length }, { signal })
  const once = listed.tasks.filter(({ attempt, retry_count }) => attempt === 1 && retry_count === 0)
  const completed = new Set(once.map(({ id }) => String(id)))
  const told = await Promise.all(agents.map((agent) => takeInbox(agent, signal)))
  const results = Map.groupBy(told.flat(), (id) => id)
  ids.filter((id) => starts.get(id) !== 1).forEach(unlike('was not started exactly once'))
  ids.filter((id) => !completed.has(id)).forEach(unlike('is not completed by its first attempt'))
  ids.filter((id) => results.get(id)?.length !== 1).forEach(unlike('was not told exactly once'))
  if (new Set(ids).size !== ids.length) throw new Error('two delegations share an id')
}

/** Reads and acknowledges all results that wait for an agent. */
async function takeInbox({ client, workspaceId }: Agent, signal: AbortSignal) {
  const { items } = await client.workspaces.inbox(workspaceId, {}, { signal })
  const newest = items.at(-1)?.seq
  if (newest !== undefined) await client.workspaces.ackInbox(workspaceId, newest, { signal })
  return items.map(({ task_id }) => String(task_id))
}
