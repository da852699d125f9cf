import type { InboxItem, Task, TaskStatus } from '@molecule/contract/task'
import { patiently } from '../patiently.ts'
import { until } from '../until.ts'
import type { Cell } from './cells.ts'
import { wordsOf } from './moment.ts'
import { type Stage, sweepEveryS } from './stage.ts'

/** A sweep begins a whole interval after the one before has ended, and the machine may be busy. */
const sweepToleranceMs = 2 * sweepEveryS * 1000 + 3000

/** What may become of the task. A program that was killed answers nothing: its task fails, and says so, or is tried again. */
function legalEnds({ moment, victim }: Cell): TaskStatus[] {
  if (moment === 'completed' || moment === 'failed' || moment === 'stuck') return [moment]
  if (moment === 'canceled' || moment === 'canceling') return ['canceled']
  return victim === 'agent' && moment === 'in_progress' ? ['completed', 'failed'] : ['completed']
}

/** One line for each promise that the end of a task breaks. */
export async function brokenPromises(
  stage: Stage,
  cell: Cell,
  { id, name }: { id: string; name: string },
): Promise<string[]> {
  const task = await whenEnded(stage, id)
  const isLateDue = cell.moment === 'stuck' && cell.victim !== 'host' && cell.victim !== 'agent'
  const items = await inboxOf(stage, id, isLateDue)
  const told = items.filter(({ late }) => !late)
  const late = items.filter((item) => item.late)
  const answer = `done: ${wordsOf(name)}`
  const legal = legalEnds(cell)
  return [
    ...(legal.includes(task.status) ? [] : [`is ${task.status}, not ${legal.join(' or ')}`]),
    ...(told.length === 1 ? [] : [`its caller was told ${told.length} times`]),
    ...(late.length === (isLateDue ? 1 : 0) ? [] : [`${late.length} late results were delivered`]),
    ...late.filter(({ text }) => text !== answer).map(({ text }) => `came late as: ${text}`),
    ...brokenText(task, told, answer),
    ...brokenDeadline(task),
  ]
}

function brokenText({ status, result, error }: Task, told: InboxItem[], answer: string): string[] {
  if (status !== 'completed') return error === null ? [`is ${status} without a reason`] : []
  const texts = [result, ...told.map(({ text }) => text)]
  return texts.filter((text) => text !== answer).map((text) => `answers: ${text}`)
}

function brokenDeadline({ deadline, ended_at }: Task): string[] {
  if (deadline === null || ended_at === null) return ['has no deadline or no end']
  const overMs = Date.parse(ended_at) - Date.parse(deadline)
  return overMs > sweepToleranceMs ? [`ended ${overMs} ms after its deadline`] : []
}

async function whenEnded({ client }: Stage, id: string): Promise<Task> {
  return until(`task ${id} ends`, async () => {
    const task = await patiently(() => client.tasks.get(id, { wait: 20 }))
    return task.ended_at !== null && task
  })
}

/** What the caller was told of it; a late result is waited for where one must come. */
async function inboxOf(stage: Stage, id: string, isLateDue: boolean): Promise<InboxItem[]> {
  const { client, caller } = stage
  return until(`the inbox tells of ${id}`, async () => {
    const { items } = await patiently(() => client.workspaces.inbox(caller))
    const own = items.filter((item) => item.task_id === id && item.kind === 'result')
    return (!isLateDue || own.some(({ late }) => late)) && own.length > 0 && own
  })
}
