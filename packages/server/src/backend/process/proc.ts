import { readFile } from 'node:fs/promises'

/** One process for as long as the machine is up: pids are reused, a pid with its start time is not. */
export type ProcessIdentity = { readonly pid: number; readonly startTime: string }

/** Start time in clock ticks since boot, or nothing for a process that is gone or a zombie. */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readIfThere(`/proc/${pid}/stat`)
  if (stat === undefined) return undefined
  // The name in parentheses may hold anything, also a closing parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const isDead = fields[0] === 'Z' || fields[0] === 'X'
  return isDead ? undefined : fields[19]
}

/** Name of the program that it runs, as the kernel keeps it. */
export const nameOf = async (pid: number) => (await readIfThere(`/proc/${pid}/comm`))?.trim()

export const isAlive = async ({ pid, startTime }: ProcessIdentity) =>
  (await startTimeOf(pid)) === startTime

export const bootId = async () => (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim()

/** Sends a signal to that very process, never to another that got its pid. */
export async function signalProcess(identity: ProcessIdentity, name: NodeJS.Signals) {
  if (!(await isAlive(identity))) return
  try {
    process.kill(identity.pid, name)
  } catch (error) {
    if (!isCode(error, 'ESRCH')) throw error
  }
}

/** The content of a file; nothing when there is no such file or process. */
export async function readIfThere(path: string) {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ESRCH')) return undefined
    throw error
  }
}

export const isCode = (error: unknown, ...codes: string[]) =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
