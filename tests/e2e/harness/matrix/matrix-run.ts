import { patiently } from '../patiently.ts'
import type { Cell } from './cells.ts'
import { ask, bringTo, hasCome, type Run } from './moment.ts'
import { newWorker, openGate, type Stage } from './stage.ts'
import { strike } from './strike.ts'
import { brokenPromises } from './verdict.ts'

export type CellResult = {
  readonly cell: Cell
  readonly ms: number
  /** One line for each broken promise. */
  readonly problems: readonly string[]
}

/** One task is brought to its moment, something dies, and the task goes on to its end. */
export async function matrixRun(stage: Stage, cell: Cell): Promise<CellResult> {
  const from = performance.now()
  const problems = await lived(stage, cell).catch((error: unknown) => [String(error)])
  return { cell, problems, ms: performance.now() - from }
}

async function lived(stage: Stage, cell: Cell): Promise<string[]> {
  const name = `${cell.no}-${cell.moment}-${cell.victim}`
  const worker = await newWorker(stage, name, cell.moment === 'queued' ? 1 : 2)
  const beside = `${name}-beside`
  const companion = await ask({ stage, worker }, beside, 'answer')
  await hasCome(stage, companion, ({ status }) => status === 'in_progress')
  const run: Run = { stage, name, worker, companion }

  const { task, letGo } = await bringTo[cell.moment](run)
  await strike(stage, cell.victim, { worker, tasks: [task, companion] })
  await letGo()
  await openGate(stage, beside)

  const broken = await brokenPromises(stage, cell, { id: task, name })
  const other = await endOfCompanion(run, cell)
  await forget(stage, worker)
  return [...broken.map((line) => `task ${task} ${line}`), ...other]
}

/** Whatever was struck, the work beside ends too. */
async function endOfCompanion({ stage, companion }: Run, { victim }: Cell): Promise<string[]> {
  const { status } = await hasCome(stage, companion, ({ ended_at }) => ended_at !== null)
  const isFine = status === 'completed' || (victim === 'agent' && status === 'failed')
  return isFine ? [] : [`the task beside it is ${status}`]
}

/** An inbox shows so many items at a time: those of this run are done with. */
async function forget({ client, caller }: Stage, worker: string): Promise<void> {
  const { items } = await patiently(() => client.workspaces.inbox(caller))
  const last = items.at(-1)
  if (last) await patiently(() => client.workspaces.ackInbox(caller, last.seq))
  await patiently(() => client.workspaces.remove(worker, {}))
}
