import { join } from 'node:path'
import type { CreateWorkspace } from '@molecule/contract/workspace'
import { type Client, MoleculeError } from '@molecule/sdk'
import type { Installation } from './installation.ts'
import { patiently } from './patiently.ts'
import { testProgram } from './program-paths.ts'
import { until } from './until.ts'

export const startsFile = ({ folder }: Installation) => join(folder, 'starts')

/** A command whose starts are counted. */
const noted = (installation: Installation, ...command: string[]) => ({
  command: 'sh',
  args: [testProgram('noted.sh'), startsFile(installation), ...command],
})

/** Works until the gate is open; without one, for a moment. */
const worker = (installation: Installation, gate: string | undefined) => {
  const work = ['sh', testProgram('worker.sh'), '0.1']
  const held = gate === undefined ? work : ['sh', testProgram('gate.sh'), gate, ...work]
  return noted(installation, ...held)
}

export type SmallOrganization = { readonly lead: string; readonly workers: readonly string[] }

/** A lead with workers below it; asked again after a crash, it finds those that are there already. */
export async function smallOrganization(
  installation: Installation,
  { workers = 2, atOnce = 1, gate }: { workers?: number; atOnce?: number; gate?: string } = {},
): Promise<SmallOrganization> {
  const client = await patientClient(installation)
  const lead = await ensureWorkspace(client, {
    name: 'Lead',
    runtime: 'command',
    runtime_config: noted(installation, 'node', testProgram('lead.ts')),
    max_concurrent_tasks: atOnce,
  })
  const ids: string[] = []
  for (let n = 1; n <= workers; n++)
    ids.push(
      await ensureWorkspace(client, {
        name: `Worker ${n}`,
        parent_id: lead,
        runtime: 'command',
        runtime_config: worker(installation, gate),
        max_concurrent_tasks: atOnce,
      }),
    )
  return { lead, workers: ids }
}

/** The admin's client, as soon as there is an admin. */
export const patientClient = (installation: Installation): Promise<Client> =>
  until('an admin token', () => installation.client().catch(() => undefined))

async function ensureWorkspace(client: Client, wanted: CreateWorkspace): Promise<string> {
  try {
    return (await patiently(() => client.workspaces.create(wanted))).id
  } catch (error) {
    if (!(error instanceof MoleculeError) || error.code !== 'name_taken') throw error
    const all = await patiently(() => client.workspaces.list())
    const found = all.find(
      ({ name, parent_id }) => name === wanted.name && parent_id === (wanted.parent_id ?? null),
    )
    if (!found) throw error
    return found.id
  }
}

/** Asks once, however often the server dies meanwhile; resolves when it was told that the task is accepted. */
export async function askOnce(client: Client, workspace: string, text: string): Promise<string> {
  const body = { text, idempotency_key: `${workspace}/${text}` }
  return (await patiently(() => client.workspaces.ask(workspace, body))).id
}

export async function whenEnded(client: Client, id: string) {
  return until(`task ${id} ends`, async () => {
    const task = await patiently(() => client.tasks.get(id, { wait: 20 }))
    return task.ended_at !== null && task
  })
}
