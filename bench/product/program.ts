import { type ChildProcess, spawn } from 'node:child_process'
import { once, setMaxListeners } from 'node:events'
import { delimiter } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A program in a process group of its own, which ends with the block that holds it. */
export type Program = AsyncDisposable & {
  readonly pid: number
  /** Answers once its output has a part that matches; throws when it ends without. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  readonly ended: Promise<unknown>
}

const keptUnits = 256_000
const patienceMs = 10_000

export function startProgram(
  command: string,
  args: readonly string[],
  { env, signal }: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Program {
  const child = spawn(command, args, {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const over = new AbortController()
  const ended = once(child, 'close').finally(() => over.abort())
  ended.catch(() => {})
  let output = ''
  for (const pipe of [child.stdout, child.stderr])
    pipe.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-keptUnits)
    })
  setMaxListeners(0, child.stdout)

  return {
    pid: child.pid ?? 0,
    ended,
    async until(pattern) {
      const either = AbortSignal.any([signal, over.signal])
      for (;;) {
        const found = pattern.exec(output)
        if (found) return found
        signal.throwIfAborted()
        if (over.signal.aborted) throw new Error(`${command} has ended:\n${output}`)
        await once(child.stdout, 'data', { signal: either }).catch(() => {})
      }
    },
    [Symbol.asyncDispose]: () => end(child, ended),
  }
}

async function end(child: ChildProcess, ended: Promise<unknown>) {
  signalGroup(child, 'SIGTERM')
  await Promise.race([ended.catch(() => {}), sleep(patienceMs, undefined, { ref: false })])
  signalGroup(child, 'SIGKILL')
}

function signalGroup({ pid, exitCode, signalCode }: ChildProcess, name: NodeJS.Signals) {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  try {
    process.kill(-pid, name)
  } catch {
    // Nobody is left in the group.
  }
}

const ownBin = `${root}node_modules/.bin`
const pathOfTheMachine = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((entry) => !entry.endsWith('node_modules/.bin'))

/** The environment of a person at a terminal, without what npm adds to it. */
export const plainEnv: NodeJS.ProcessEnv = {
  // Figures are of hosts alone: a sandbox adds processes of another program.
  MOLECULE_SANDBOX: 'off',
  HOME: process.env.HOME,
  PATH: pathOfTheMachine.join(delimiter),
  // What is measured is the server, not where it stops a client.
  RATE_LIMIT: '999999999',
}

/** The same with our own Node, and the compile cache that the scripts of package.json set. */
export const productEnv: NodeJS.ProcessEnv = {
  ...plainEnv,
  PATH: [ownBin, ...pathOfTheMachine].join(delimiter),
  NODE_COMPILE_CACHE: `${root}.cache/compile`,
}
