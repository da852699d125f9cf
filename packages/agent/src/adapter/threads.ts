import { readFile, rename, writeFile } from 'node:fs/promises'
import type { AdapterResult } from '../adapter.ts'

/** Gets the session to go on with, or none for the first task of a thread. */
export type Work = (session: string | undefined) => Promise<AdapterResult | 'forgotten'>

const noSession: AdapterResult = {
  outcome: 'failed',
  reason: {
    code: 'agent_failed',
    detail: 'The program begins no session.',
    hint: 'Look at what it printed, and run it by hand.',
  },
}

/** Of work that was called off before it began; its answer is of no interest. */
const notBegun: AdapterResult = {
  outcome: 'failed',
  reason: {
    code: 'called_off',
    detail: 'It was called off before it began.',
    hint: 'Nothing to do.',
  },
}

/** Resolves when the signal is raised first. */
function endedBefore(turn: Promise<unknown>, signal: AbortSignal): Promise<AdapterResult> {
  return new Promise((resolve) => {
    let hasBegun = false
    const begin = () => {
      hasBegun = true
    }
    turn.then(begin, begin)
    signal.addEventListener('abort', () => hasBegun || resolve(notBegun), { once: true })
  })
}

/**
 * Which session of a program holds which thread of tasks, kept over restarts of the host. Work on one thread is done one after the
 * other: a session has one writer.
 */
export function threads(file: string) {
  const queues = new Map<string, Promise<unknown>>()
  let known: Promise<Record<string, string>> | undefined
  let written: Promise<void> = Promise.resolve()

  const all = () => {
    known ??= readFile(file, 'utf8').then(
      (text) => JSON.parse(text) as Record<string, string>,
      () => ({}),
    )
    return known
  }
  /** One change at a time: threads that begin at once share the file. */
  const change = (make: (before: Record<string, string>) => Record<string, string>) => {
    const turn = async () => {
      const next = make(await all())
      known = Promise.resolve(next)
      await writeFile(`${file}.next`, JSON.stringify(next))
      await rename(`${file}.next`, file)
    }
    written = written.then(turn, turn)
    return written
  }
  const inOrAnew = async (thread: string, work: Work): Promise<AdapterResult> => {
    const session = (await all())[thread]
    const end = await work(session)
    if (end !== 'forgotten') return end
    await change(({ [thread]: _, ...others }) => others)
    const again = await work(undefined)
    return again === 'forgotten' ? noSession : again
  }
  return {
    async keep(thread: string, session: string) {
      if ((await all())[thread] === session) return
      await change((before) => ({ ...before, [thread]: session }))
    },
    /**
     * Works in the session of a thread, after all that was asked of it before. When the program does not know the session any more, the
     * work is begun anew rather than failed for ever. Work that is called off while it waits ends at once.
     */
    async inSession(thread: string, signal: AbortSignal, work: Work): Promise<AdapterResult> {
      const before = queues.get(thread) ?? Promise.resolve()
      const turn = () => (signal.aborted ? notBegun : inOrAnew(thread, work))
      const mine = before.then(turn, turn)
      queues.set(thread, mine)
      const done = () => {
        if (queues.get(thread) === mine) queues.delete(thread)
      }
      mine.then(done, done)
      return Promise.race([mine, endedBefore(before, signal)])
    },
  }
}

export type Threads = ReturnType<typeof threads>
