import type { Task } from '@molecule/contract/task'
import type { DesiredState, Workspace } from '@molecule/contract/workspace'
import type { Client } from '@molecule/sdk'
import { inLanes } from '../lanes.ts'
import type { MarkedProcess } from '../marked-processes.ts'
import { patiently } from '../patiently.ts'
import { countIn, type Ledger } from './ledger.ts'
import type { Stage } from './perform.ts'

const lanes = 8
const mostTasks = 1000

/** What is not as it should be, now that nobody wishes anything any more, a sentence for each. */
export async function violations({ client, installation, ledger }: Stage): Promise<string[]> {
  const workspaces = await allMade(client, ledger)
  const tasks = await openTasks(client)
  const listed = await patiently(() => client.admin.resources({ open: true }))
  const processes = await installation.processes()
  return [
    ...workspaces.flatMap((each) => unfulfilled(each, processes)),
    ...workspaces.flatMap((each) => forgottenWishes(each, ledger)),
    ...tasks.flatMap((task) => idleTask(task, workspaces)),
    ...unmatched(listed.resources, processes),
    ...listed.orphans.map((each) => `an orphan of ${each.workspace_id} is in quarantine`),
    ...listed.purges.map(
      (each) => `what ${each.workspace_name} stored is not purged: ${each.last_error ?? 'not yet'}`,
    ),
    ...twiceAlive(processes),
  ]
}

/** How many workspaces are wished what. */
export async function wishedStates({ client, ledger }: Stage): Promise<Map<string, number>> {
  const states = new Map<string, number>()
  for (const { desired_state } of await allMade(client, ledger)) countIn(states, desired_state)
  return states
}

async function allMade(client: Client, { made }: Ledger): Promise<Workspace[]> {
  const ids = new Set(made.keys())
  for (const { id } of await patiently(() => client.workspaces.list())) ids.add(id)
  const found: Workspace[] = []
  await inLanes(ids, lanes, async (id) => {
    found.push(await patiently(() => client.workspaces.get(id, { wait_generation: 0 })))
  })
  return found
}

async function openTasks(client: Client): Promise<Task[]> {
  const query = { status: 'open', limit: mostTasks }
  const { tasks } = await patiently(() => client.tasks.list(query))
  const found: Task[] = []
  await inLanes(tasks, lanes, async ({ id }) => {
    found.push(await patiently(() => client.tasks.get(id)))
  })
  return found
}

const fulfilledBy: Record<DesiredState, readonly Workspace['status'][]> = {
  running: ['online', 'failed'],
  paused: ['paused'],
  hibernated: ['hibernated'],
  removed: ['removed'],
}

function unfulfilled(workspace: Workspace, processes: readonly MarkedProcess[]): string[] {
  const { id, name, status, desired_state, failure_reason } = workspace
  const alive = processes.filter(({ workspaceId }) => workspaceId === id)
  const why = failure_reason ? `: ${failure_reason.detail}` : ''
  const isFulfilled = fulfilledBy[desired_state].includes(status)
  const isReasoned = Boolean(failure_reason?.detail && failure_reason.hint)
  return [
    ...(isFulfilled ? [] : [`${name} is wished ${desired_state} and is ${status}${why}`]),
    ...(status === 'failed' && !isReasoned ? [`${name} failed without a reason and a hint`] : []),
    ...(desired_state === 'running' || alive.length === 0
      ? []
      : [`${name} is wished ${desired_state}, and of it live ${wordsFor(alive)}`]),
  ]
}

/** A wish that was answered holds, unless a later one took its place. */
function forgottenWishes({ id, name, generation, desired_state }: Workspace, ledger: Ledger) {
  return ledger.wishes
    .filter((wish) => wish.id === id)
    .flatMap((wish) => {
      const isLater = wish.generation > generation
      const isLast = wish.generation === generation || wish.desired === 'removed'
      const isOther = isLast && wish.desired !== desired_state
      if (isLater) return [`${name} lost generation ${wish.generation}, a ${wish.verb}`]
      return isOther
        ? [`${name} is wished ${desired_state} after a ${wish.verb} that was answered`]
        : []
    })
}

/** Work is left only where nobody is to do it; there it waits for its workspace, and nothing is at it. */
function idleTask(task: Task, workspaces: readonly Workspace[]): string[] {
  const { id, status, callee_id, waiting_for } = task
  const callee = workspaces.find((each) => each.id === callee_id)
  const isHeld = callee?.desired_state === 'paused' || callee?.desired_state === 'hibernated'
  const isAtRest = isHeld ? waiting_for === 'workspace' : callee?.status === 'failed'
  const isAtWork = task.attempts.some(({ ended_at }) => ended_at === null)
  if (isAtRest && !isAtWork) return []
  const where = callee ? `${callee.name}, which is ${callee.status}` : 'a workspace that is unknown'
  const attempts = JSON.stringify(task.attempts)
  return [`task ${id} is ${status}, waits for ${waiting_for}, at ${where}: ${attempts}`]
}

type Incarnation = { workspace_id: string; workspace_name: string | null; incarnation: number }

/** Each open row has its host, and each process its open row. */
function unmatched(
  resources: readonly (Incarnation & { leak_suspect_at: string | null })[],
  processes: readonly MarkedProcess[],
): string[] {
  const isOf = (row: Incarnation) => (one: MarkedProcess) =>
    one.workspaceId === row.workspace_id && one.incarnation === row.incarnation
  const hostless = resources.filter(
    (row) => !processes.some((one) => one.kind === 'host' && isOf(row)(one)),
  )
  const strays = processes.filter((one) => !resources.some((row) => isOf(row)(one)))
  return [
    ...hostless.map((row) => `start ${row.incarnation} of ${row.workspace_name} is open, unhosted`),
    ...resources
      .filter((row) => row.leak_suspect_at !== null)
      .map((row) => `start ${row.incarnation} of ${row.workspace_name} is suspected to leak`),
    ...(strays.length > 0 ? [`without an open row live ${wordsFor(strays)}`] : []),
  ]
}

/** Of one workspace there is one host. */
function twiceAlive(processes: readonly MarkedProcess[]): string[] {
  return hostsByWorkspace(processes)
    .filter((hosts) => hosts.length > 1)
    .map((hosts) => `at once live ${wordsFor(hosts)}`)
}

/**
 * Two starts of one workspace that live at once. Two processes of one start may be a host and its fork, which is about
 * to become a program.
 */
export function twoStarts(processes: readonly MarkedProcess[]): string[] {
  return hostsByWorkspace(processes)
    .filter((hosts) => new Set(hosts.map(({ incarnation }) => incarnation)).size > 1)
    .map((hosts) => `at once lived ${wordsFor(hosts)}`)
}

const hostsByWorkspace = (processes: readonly MarkedProcess[]): MarkedProcess[][] => [
  ...Map.groupBy(
    processes.filter(({ kind }) => kind === 'host'),
    ({ workspaceId }) => workspaceId,
  ).values(),
]

const wordsFor = (processes: readonly MarkedProcess[]) =>
  processes
    .map(
      ({ kind, pid, incarnation, workspaceId }) =>
        `${kind} ${pid} (start ${incarnation} of ${workspaceId})`,
    )
    .join(', ')
