import { readFile, rename, writeFile } from 'node:fs/promises'

/**
 * Which session of a program holds which thread of tasks, kept over restarts of the host. Work on one thread is done one after the
 * other: a session has one writer.
 */
export function threads(file: string) {
  const queues = new Map<string, Promise<unknown>>()
  let known: Record<string, string> | undefined

  const all = async () => {
    known ??= await readFile(file, 'utf8').then(
      (text) => JSON.parse(text) as Record<string, string>,
      () => ({}),
    )
    return known
  }
  const write = async (next: Record<string, string>) => {
    known = next
    await writeFile(`${file}.next`, JSON.stringify(next))
    await rename(`${file}.next`, file)
  }

  return {
    /** Nothing for a thread whose first task is this one. */
    sessionOf: async (thread: string): Promise<string | undefined> => (await all())[thread],
    async keep(thread: string, session: string) {
      const before = await all()
      if (before[thread] !== session) await write({ ...before, [thread]: session })
    },
    /** What it remembered is gone: the next task begins anew. */
    async forget(thread: string) {
      const { [thread]: _, ...others } = await all()
      await write(others)
    },
    /** After all that was asked of this thread before. */
    inTurn<T>(thread: string, work: () => Promise<T>): Promise<T> {
      const before = queues.get(thread) ?? Promise.resolve()
      const mine = before.then(work, work)
      queues.set(thread, mine)
      const done = () => {
        if (queues.get(thread) === mine) queues.delete(thread)
      }
      mine.then(done, done)
      return mine
    },
  }
}

export type Threads = ReturnType<typeof threads>
