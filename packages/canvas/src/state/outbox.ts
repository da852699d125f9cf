import type { CreateTask, TaskSummary } from '@molecule/contract/task'
import { MoleculeError } from '@molecule/sdk'
import { createStore, type StoreApi } from 'zustand/vanilla'

/** A message on its way. Its key makes sending it again harmless. */
export type Pending = {
  key: string
  workspaceId: string
  text: string
  sentAt: number
  state: 'sending' | 'failed'
  error: MoleculeError | null
}

export type OutboxState = { pending: readonly Pending[] }

export type Outbox = {
  store: StoreApi<OutboxState>
  send: (workspaceId: string, text: string) => Promise<void>
  retry: (key: string) => Promise<void>
  discard: (key: string) => void
}

type OutboxDeps = {
  ask: (workspaceId: string, body: CreateTask) => Promise<TaskSummary>
  accept: (task: TaskSummary) => void
  newKey: () => string
  now: () => number
}

/** Messages between "send" and the server's answer, each in exactly one state. */
export function outbox({ ask, accept, newKey, now }: OutboxDeps): Outbox {
  const store = createStore<OutboxState>(() => ({ pending: [] }))
  const change = (key: string, part: Partial<Pending>) =>
    store.setState(({ pending }) => ({
      pending: pending.map((one) => (one.key === key ? { ...one, ...part } : one)),
    }))
  const discard = (key: string) =>
    store.setState(({ pending }) => ({ pending: pending.filter((one) => one.key !== key) }))
  const deliver = async ({ key, workspaceId, text }: Pending) => {
    try {
      accept(await ask(workspaceId, { text, idempotency_key: key }))
      discard(key)
    } catch (error) {
      change(key, { state: 'failed', error: error instanceof MoleculeError ? error : null })
    }
  }
  return {
    store,
    discard,
    async send(workspaceId, text) {
      const message: Pending = {
        key: newKey(),
        workspaceId,
        text,
        sentAt: now(),
        state: 'sending',
        error: null,
      }
      store.setState(({ pending }) => ({ pending: [...pending, message] }))
      await deliver(message)
    },
    async retry(key) {
      const message = store.getState().pending.find((one) => one.key === key)
      if (!message || message.state === 'sending') return
      change(key, { state: 'sending', error: null })
      await deliver(message)
    },
  }
}

const previewChars = 60

/**
 * Leaves out messages whose task the feed announced before the answer to the request came:
 * the newest task per message, asked since it was sent, with the same beginning.
 */
export function notYetTasks(
  pending: readonly Pending[],
  tasks: readonly TaskSummary[],
  serverTime: (localMs: number) => number,
): Pending[] {
  const taken = new Set<string>()
  return pending.filter((message) => {
    const match = tasks.find(
      (task) =>
        !taken.has(task.id) &&
        Date.parse(task.created_at) >= serverTime(message.sentAt) - clockSlackMs &&
        startOf(task.preview) === startOf(message.text).slice(0, startOf(task.preview).length),
    )
    if (match) taken.add(match.id)
    return message.state === 'failed' || !match
  })
}

const clockSlackMs = 2000

const startOf = (value: string) => value.replace(/\s+/g, ' ').trim().slice(0, previewChars)
