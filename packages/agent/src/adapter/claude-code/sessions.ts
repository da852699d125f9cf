import { randomUUID } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

export type Session = { readonly id: string; readonly isBegun: boolean }

/**
 * Which session of the program holds which thread of tasks, kept over restarts of the host. Work on one thread is done one after the
 * other: a session has one writer.
 */
export function sessions(folder: string) {
  const file = join(folder, 'claude-sessions.json')
  const queues = new Map<string, Promise<unknown>>()
  let known: Record<string, Session> | undefined

  const all = async () => {
    known ??= await readFile(file, 'utf8').then(
      (text) => JSON.parse(text) as Record<string, Session>,
      () => ({}),
    )
    return known
  }
  const keep = async (thread: string, session: Session) => {
    const next = { ...(await all()), [thread]: session }
    known = next
    await writeFile(`${file}.next`, JSON.stringify(next))
    await rename(`${file}.next`, file)
  }

  return {
    async of(thread: string): Promise<Session> {
      const found = (await all())[thread]
      if (found) return found
      const fresh = { id: randomUUID(), isBegun: false }
      await keep(thread, fresh)
      return fresh
    },
    begun: async (thread: string, session: Session) =>
      session.isBegun ? undefined : keep(thread, { ...session, isBegun: true }),
    /** What it remembered is gone: the next task begins anew. */
    lost: (thread: string) => keep(thread, { id: randomUUID(), isBegun: false }),
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

export type Sessions = ReturnType<typeof sessions>
