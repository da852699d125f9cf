import { setTimeout as sleep } from 'node:timers/promises'
import { taskEnvironment } from './environment.ts'
import { say } from './say.ts'

/** Long enough for the host to pass on the progress made so far. */
const lastWordsMs = 800

/**
 * With `--crash-once`, the first attempt ends halfway as a machine that loses power ends: the agent
 * host and this program are killed, and neither can say goodbye. Molecule starts both again.
 */
export function crashOnce(args: readonly string[]) {
  if (!args.includes('--crash-once')) return {}
  if (taskEnvironment().attempt > 1)
    return {
      notes: [
        'The first attempt of this specialist and its agent host were killed on purpose halfway through (`--crash-once`), to show that the work is taken up again.',
      ],
    }
  return {
    async onStep(done: number, of: number) {
      if (done / of < 0.5) return
      say('killing this agent host and myself on purpose, to show that the work is taken up again')
      await sleep(lastWordsMs)
      if (process.ppid > 1) process.kill(process.ppid, 'SIGKILL')
      process.kill(process.pid, 'SIGKILL')
    },
  }
}
