import { setTimeout as sleep } from 'node:timers/promises'
import type { OutputChunk, Task } from '@molecule/contract/task'
import type { Client } from '@molecule/sdk'
import { patiently } from './patience.ts'

type Watcher = {
  onOutput(chunk: OutputChunk): void
  /** Called now and then while it runs, and once at the end. */
  onStatus(task: Task): void
  onSilence(message: string): void
}

type Follow = { client: Client; taskId: string; signal: AbortSignal; watcher: Watcher }

const waitForOutputS = 2
const betweenLooksMs = 50

/** Reports the output of a task from its beginning until it has ended; returns it as it then is. */
export async function followTask({ client, taskId, signal, watcher }: Follow): Promise<Task> {
  const read = <T>(call: () => Promise<T>) =>
    patiently(call, { signal, onSilence: (error) => watcher.onSilence(error.message) })
  let after = 0
  let hasEnded = false
  while (true) {
    const query = { after, wait: waitForOutputS }
    const { chunks, next, done } = await read(() => client.tasks.output(taskId, query, { signal }))
    for (const chunk of chunks) watcher.onOutput(chunk)
    after = next
    if (chunks.length > 0) continue
    const task = await read(() => client.tasks.get(taskId, {}, { signal }))
    watcher.onStatus(task)
    // What was printed between the look at the output and the end is read by one more round.
    if (task.ended_at !== null && (done || hasEnded)) return task
    hasEnded = task.ended_at !== null
    await sleep(betweenLooksMs, undefined, { signal })
  }
}
