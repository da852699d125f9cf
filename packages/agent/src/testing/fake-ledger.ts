import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AttemptProgress,
  Beat,
  CompleteAttempt,
  Enrol,
  type Enrolment,
  HostFailure,
  LeasedAttempt,
  LeaseRequest,
  StartAttempt,
} from '@molecule/contract/host'
import type { ErrorCode } from '@molecule/contract/problem'
import type { z } from 'zod'

export type FakeTask = {
  readonly leased: LeasedAttempt
  state: 'queued' | 'handed out' | 'started' | 'over'
  fence: number
  cancelRequested: boolean
  end?: CompleteAttempt
  output: string
  chunks: number
  beats: number
  progressBeats: number
}

export class Refusal extends Error {
  readonly code: ErrorCode
  readonly extra: Record<string, unknown> | undefined
  constructor(code: ErrorCode, extra?: Record<string, unknown>) {
    super(code)
    this.code = code
    this.extra = extra
  }
}

/** What a server does with the calls of one host, without the HTTP. */
export function fakeLedger(enrolment: (incarnation: number) => Enrolment, closing: AbortSignal) {
  const tasks = new Map<string, FakeTask>()
  const enrols: Enrol[] = []
  const failures: HostFailure[] = []
  const secrets: { values: Record<string, string>; unreadable: string[] } = {
    values: {},
    unreadable: [],
  }

  const config: { version: number; files: Record<string, string> } = {
    version: 1,
    files: { 'config.yaml': 'name: it\n' },
  }

  const all = () => [...tasks.values()]
  const taskOf = (id: string) => {
    const task = tasks.get(id)
    if (!task) throw new Refusal('not_found')
    return task
  }

  const routes: Record<string, (body: unknown, gone: AbortSignal) => unknown> = {
    enrol(body) {
      const enrol = parse(Enrol, body)
      enrols.push(enrol)
      return enrolment(enrol.incarnation)
    },
    secrets() {
      const failed_keys = secrets.unreadable
      if (failed_keys.length > 0) throw new Refusal('secrets_unreadable', { failed_keys })
      return secrets.values
    },
    config: () => ({ ...config, prompt_files: [] }),
    lease: (body, gone) => lease(parse(LeaseRequest, body), AbortSignal.any([gone, closing])),
    start(body) {
      const { task_id, fence } = parse(StartAttempt, body)
      const task = taskOf(task_id)
      if (task.fence !== fence || task.state === 'over') throw new Refusal('fenced')
      task.state = 'started'
      return { started: true }
    },
    beat(body) {
      for (const progress of parse(Beat, body).attempts) recordProgress(progress)
      return { cancel: all().filter(mustEnd).map(refOf) }
    },
    complete(body) {
      const complete = parse(CompleteAttempt, body)
      const task = taskOf(complete.task_id)
      if (task.fence !== complete.fence) throw new Refusal('fenced')
      const isFirst = task.end === undefined
      task.end ??= complete
      task.state = 'over'
      return { recorded: isFirst, late: false }
    },
    fail(body) {
      failures.push(parse(HostFailure, body))
      return { recorded: true }
    },
  }

  async function lease(request: LeaseRequest, over: AbortSignal) {
    const giveUpAt = performance.now() + request.wait_s * 1000
    for (;;) {
      over.throwIfAborted()
      const reply = handOut(request)
      if (reply.attempts.length + reply.cancel.length > 0) return reply
      if (performance.now() > giveUpAt) return reply
      await sleep(5)
    }
  }

  function handOut({ capacity, running }: LeaseRequest) {
    const held = new Set(running.map(({ task_id }) => task_id))
    const cancel = all().filter((task) => mustEnd(task) && held.has(task.leased.task_id))
    const handed = all().filter(({ state }) => state === 'queued')
    const attempts = handed.slice(0, capacity).map((task) => {
      task.state = 'handed out'
      return { ...task.leased, fence: task.fence }
    })
    return { attempts, cancel: cancel.map(refOf), config_version: config.version }
  }

  function recordProgress({ task_id, progressed, output }: AttemptProgress) {
    const task = tasks.get(task_id)
    if (!task) return
    task.beats++
    if (progressed) task.progressBeats++
    for (const { chunk, offset, text } of output.filter((one) => one.chunk >= task.chunks)) {
      if (chunk !== task.chunks || offset !== task.output.length) throw new Error('out of order')
      task.chunks++
      task.output += text
    }
  }

  function give(text: string, more: Partial<LeasedAttempt> = {}): FakeTask {
    const leased = LeasedAttempt.parse({
      task_id: randomUUID(),
      attempt: 1,
      fence: 1,
      text,
      context_id: 'context',
      trace_id: 'trace',
      caller_id: 'somebody',
      parent_task_id: null,
      ...more,
    })
    const counts = { output: '', chunks: 0, beats: 0, progressBeats: 0 }
    const { fence } = leased
    const task: FakeTask = { leased, state: 'queued', fence, cancelRequested: false, ...counts }
    tasks.set(leased.task_id, task)
    return task
  }

  return { routes, enrols, failures, secrets, config, give }
}

const mustEnd = ({ cancelRequested, state }: FakeTask) => cancelRequested && state !== 'over'

const refOf = ({ leased: { task_id, attempt } }: FakeTask) => ({ task_id, attempt })

function parse<T extends z.ZodType>(schema: T, body: unknown): z.infer<T> {
  const { data, error } = schema.safeParse(body)
  if (error) throw new Refusal('invalid')
  return data as z.infer<T>
}
