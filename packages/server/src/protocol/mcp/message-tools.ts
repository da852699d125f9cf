import type { LeasedWork, WorkItem } from '@molecule/contract/work'
import { z } from 'zod'
import { MAX_PATIENCE_S, patiently } from './patience.ts'
import { type Call, changes, type Tool, tool } from './tool.ts'
import { inboxOf } from './workspace-tools.ts'

const waiting = z.object({
  timeout_s: z
    .number()
    .min(0)
    .max(MAX_PATIENCE_S)
    .default(20)
    .describe('Seconds to wait; after that the answer is {timeout: true}'),
})

/** Seconds in which an agent has to begin with what it was handed. */
const LEASE_S = 300

type Found = { items: Awaited<ReturnType<typeof inboxOf>>; work: WorkItem[] }

const told = ({ items: [item], work: [work] }: Found): object => {
  if (work) return { kind: 'work', ...work }
  return item ?? { timeout: true }
}

const isAny = ({ items, work }: Found) => items.length + work.length > 0

/** For an agent whose host takes its work for it. */
const waitForMessage = tool({
  name: 'wait_for_message',
  title: 'Wait for a result or a notice',
  description:
    'Waits until something is in your inbox and shows the oldest item: the result of work that you gave away, or a notice. It stays there until inbox_pop. Tasks that others ask of you are handed to you by themselves.',
  input: waiting,
  annotations: { readOnlyHint: true, openWorldHint: false },
  run: async (call, { timeout_s }) => {
    const look = async (wait: number) => ({ items: await inboxOf(call, wait), work: [] })
    return told(await patiently(timeout_s, { look, isEnough: isAny }))
  },
})

/** For an agent that runs elsewhere, and takes its work itself. */
const waitForWork = tool({
  name: 'wait_for_message',
  title: 'Wait for work, a result or a notice',
  description:
    'Waits until there is something for you and hands you one item. kind "work" is a task that somebody asks of you: call start_task when you begin, then complete_task with its task_id, attempt and fence; what is not begun within 5 minutes is handed out again. kind "result" and "notice" are about work that you gave away: acknowledge them with inbox_pop.',
  input: waiting,
  annotations: changes,
  run: async (call, { timeout_s }) =>
    told(await patiently(timeout_s, { look: (wait) => eitherOf(call, wait), isEnough: isAny })),
})

/** The inbox and the work at once: whichever has something first ends the wait for the other. */
async function eitherOf(call: Call, wait: number): Promise<Found> {
  const first = new AbortController()
  const signal = AbortSignal.any([call.signal, first.signal])
  const until = async <T>(found: Promise<T[]>) => {
    const items = await found.catch((error: unknown) => {
      if (first.signal.aborted && !call.signal.aborted) return []
      throw error
    })
    if (items.length > 0) first.abort()
    return items
  }
  const [items, work] = await Promise.all([
    until(inboxOf({ ...call, signal }, wait)),
    until(lease({ ...call, signal }, wait)),
  ])
  return { items, work }
}

async function lease({ api, workspace, signal }: Call, wait_s: number): Promise<WorkItem[]> {
  const path = `/workspaces/${workspace}/work/lease`
  const body = { limit: 1, wait_s, lease_s: LEASE_S }
  return (await api<LeasedWork>({ method: 'POST', path, body }, signal)).items
}

const held = {
  task_id: z.uuid(),
  attempt: z.number().int().min(1),
  fence: z.number().int().describe('As it came with the work'),
}
type Held = z.output<z.ZodObject<typeof held>>
type Told = Held & Record<string, unknown>

const onWork = ({ api, workspace }: Call, verb: string, { task_id, ...body }: Told) =>
  api<object>({ method: 'POST', path: `/workspaces/${workspace}/work/${task_id}/${verb}`, body })

const heldTools: readonly Tool[] = [
  tool({
    name: 'start_task',
    title: 'Begin with work',
    description:
      'Says that you begin with a task that wait_for_message handed you. From now on it is yours until complete_task.',
    input: z.object(held),
    annotations: { ...changes, idempotentHint: true },
    run: (call, given) => onWork(call, 'start', given),
  }),
  tool({
    name: 'complete_task',
    title: 'Bring the answer',
    description:
      'Ends a task with its answer, or with the reason why it cannot be done. Whoever asked gets it.',
    input: z.object({
      ...held,
      result: z.string().max(1_000_000).optional().describe('The answer'),
      failure: z
        .object({ detail: z.string().min(1).max(10_000), hint: z.string().max(10_000).default('') })
        .optional()
        .describe('In the place of an answer: why not, and what would help'),
    }),
    annotations: changes,
    run: (call, { result, failure, ...given }) =>
      onWork(
        call,
        'complete',
        failure
          ? { ...given, outcome: 'failed', reason: { code: 'agent_failed', ...failure } }
          : { ...given, outcome: 'completed', result: result ?? '' },
      ),
  }),
  tool({
    name: 'return_task',
    title: 'Give work back',
    description:
      'Gives a task back that you have not begun: it is handed out again, after so many seconds.',
    input: z.object({ ...held, delay_s: z.number().int().min(0).max(3600).default(0) }),
    annotations: changes,
    run: (call, given) => onWork(call, 'return', given),
  }),
]

/** How messages and work reach an agent: its host takes the work, or it does so itself. */
export const messageTools = (takesWork: boolean): readonly Tool[] =>
  takesWork ? [waitForWork, ...heldTools] : [waitForMessage]
