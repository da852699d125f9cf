import { readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { programPaths } from './program-paths.ts'

/** A live process that carries the marker of an installation. */
export type MarkedProcess = {
  readonly pid: number
  readonly startTime: string
  /** `launcher`: the shell that records the end of a host. `program`: what an agent host runs for a task. */
  readonly kind: 'launcher' | 'host' | 'program'
  readonly workspaceId: string
  readonly incarnation: number
  readonly taskId: string | undefined
  readonly attempt: number | undefined
  readonly command: string
}

/** Every live process of an installation, found by its marker alone, as an operator would. */
export function markedProcesses(installId: string): MarkedProcess[] {
  const prefix = `MOLECULE_RUN=${installId}/`
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
    .flatMap((pid) => markedProcess(pid, prefix) ?? [])
}

function markedProcess(pid: number, prefix: string): MarkedProcess | undefined {
  const env = read(`/proc/${pid}/environ`).split('\0')
  const run = env.find((entry) => entry.startsWith(prefix))?.slice(prefix.length)
  const startTime = startTimeOf(pid)
  if (run === undefined || startTime === undefined) return undefined
  const [workspaceId = '', incarnation = '0'] = run.split('/')
  const taskId = entryOf(env, 'TASK_ID')
  const words = read(`/proc/${pid}/cmdline`).split('\0')
  const isNode = words[0] === programPaths.node && words.includes(programPaths.agent)
  return {
    pid,
    startTime,
    kind: taskId !== undefined ? 'program' : isNode ? 'host' : 'launcher',
    workspaceId,
    incarnation: Number(incarnation),
    taskId,
    attempt: taskId === undefined ? undefined : Number(entryOf(env, 'TASK_ATTEMPT')),
    command: words.join(' ').trim(),
  }
}

/** Sends KILL to that very process, never to another that got its pid; false when it was gone already. */
export function killProcess({ pid, startTime }: Pick<MarkedProcess, 'pid' | 'startTime'>): boolean {
  if (startTimeOf(pid) !== startTime) return false
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

/** Nothing for a process that is gone or only waits to be reaped. */
export function startTimeOf(pid: number): string | undefined {
  const stat = read(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return stat === '' || fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
}

const entryOf = (env: string[], name: string) =>
  env.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1)

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
