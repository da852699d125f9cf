import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { Environment } from './environment.ts'

const serverMain = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url))
/** As `npm start` does: a larger young generation costs a server memory and gains it no speed. */
const nodeFlags = ['--max-semi-space-size=4']
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

type ServerProcess = {
  args: readonly string[]
  env: Environment
  isTerminal: boolean
  /** Where its standard output goes; to standard error where ours must stay JSON. */
  stdout?: 'inherit' | 2
}

/** Runs the server as a child on the same streams; resolves with the exit code to end with. */
export async function runServer(options: ServerProcess): Promise<number> {
  const { args, env, isTerminal, stdout = 'inherit' } = options
  const child = spawn(process.execPath, [...nodeFlags, serverMain, ...args], {
    stdio: ['inherit', stdout, 'inherit'],
    env,
  })
  const passOn = (signal: NodeJS.Signals) => {
    // A terminal has already sent its Ctrl-C to the child: twice would mean "at once".
    if (signal !== 'SIGINT' || !isTerminal) child.kill(signal)
  }
  for (const signal of passedOn) process.on(signal, passOn)
  try {
    const [code, signal] = await once(child, 'exit')
    return code ?? 128 + constants.signals[signal as NodeJS.Signals]
  } finally {
    for (const signal of passedOn) process.off(signal, passOn)
  }
}
