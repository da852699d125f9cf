import type { Task } from '@molecule/contract/task'
import { patiently } from '../patiently.ts'
import { until } from '../until.ts'
import type { Moment } from './cells.ts'
import { gateOf, openGate, type Stage } from './stage.ts'

/** One task under test, beside a companion that is at work all the while. */
export type Run = {
  readonly stage: Stage
  readonly name: string
  readonly worker: string
  readonly companion: string
}

export type Asked = { readonly task: string; readonly letGo: () => Promise<void> }

type How = 'answer' | 'fail' | 'silent'

const deadlineS = 90
export const wordsOf = (name: string) => `${name} ${'words '.repeat(400).trim()}`

/** Asks in the name of the caller, once, whatever dies meanwhile. */
export async function ask(
  { stage, worker }: Pick<Run, 'stage' | 'worker'>,
  name: string,
  how: How,
): Promise<string> {
  const task = `${gateOf(stage, name)} ${how} ${wordsOf(name)}`
  const delegation = { target_id: worker, task, idempotency_key: name, deadline_s: deadlineS }
  const { client, caller } = stage
  const { delegation_id } = await patiently(() => client.workspaces.delegate(caller, delegation))
  return delegation_id
}

export const hasCome = (stage: Stage, id: string, isThere: (task: Task) => boolean) =>
  until(`task ${id} comes to where it is struck`, async () => {
    const task = await patiently(() => stage.client.tasks.get(id))
    return isThere(task) && task
  })

const hasStatus = (status: Task['status']) => (task: Task) => task.status === status

/** Brings a task to the moment, and says how it goes on from there. */
export const bringTo: Record<Moment, (run: Run) => Promise<Asked>> = {
  queued: (run) => held(run, 'answer', 'queued'),
  dispatched: (run) => heldBack(run, '/host/start', hasStatus('dispatched')),
  in_progress: (run) => held(run, 'answer', 'in_progress'),
  ending: async (run) => {
    const hold = run.stage.hosts.hold('/host/complete')
    const asked = await ended(run, 'answer')
    await until('the end is held back', () => hold.caught() > 0)
    return { ...asked, letGo: async () => hold.release() }
  },
  canceling: async (run) => {
    const asked = await held(run, 'answer', 'in_progress')
    const hold = run.stage.hosts.hold('/host/complete')
    await patiently(() => run.stage.client.tasks.cancel(asked.task))
    return { ...asked, letGo: async () => hold.release() }
  },
  completed: (run) => at(run, 'answer', 'completed'),
  failed: (run) => at(run, 'fail', 'failed'),
  canceled: async (run) => {
    const asked = await held(run, 'answer', 'in_progress')
    await patiently(() => run.stage.client.tasks.cancel(asked.task))
    await hasCome(run.stage, asked.task, hasStatus('canceled'))
    return asked
  },
  stuck: async (run) => {
    const asked = await held(run, 'silent', 'in_progress')
    await hasCome(run.stage, asked.task, hasStatus('stuck'))
    return asked
  },
}

async function held(run: Run, how: How, status: Task['status']): Promise<Asked> {
  const task = await ask(run, run.name, how)
  await hasCome(run.stage, task, hasStatus(status))
  return { task, letGo: () => openGate(run.stage, run.name) }
}

async function heldBack(run: Run, path: string, isThere: (task: Task) => boolean): Promise<Asked> {
  const hold = run.stage.hosts.hold(path)
  const task = await ask(run, run.name, 'answer')
  await until(`${path} is held back`, () => hold.caught() > 0)
  await hasCome(run.stage, task, isThere)
  const letGo = async () => {
    hold.release()
    await openGate(run.stage, run.name)
  }
  return { task, letGo }
}

async function ended(run: Run, how: How): Promise<Asked> {
  await openGate(run.stage, run.name)
  return { task: await ask(run, run.name, how), letGo: async () => {} }
}

async function at(run: Run, how: How, status: Task['status']): Promise<Asked> {
  const asked = await ended(run, how)
  await hasCome(run.stage, asked.task, hasStatus(status))
  return asked
}
