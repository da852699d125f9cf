import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { programEnv, programPaths } from './program-paths.ts'
import { until } from './until.ts'

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

/** One process of the server, started as a person would start it. */
export type ServerProcess = {
  readonly pid: number
  /** Resolves when it has ended, however it did. */
  readonly ended: Promise<Exit>
  isAlive(): boolean
  /** What it has printed so far. */
  output(): string
  /** Resolves with its address once it serves; rejects when it ends before. */
  ready(): Promise<string>
  /** KILL: it has no chance to tidy up. */
  kill(): Promise<Exit>
  /** TERM: it ends cleanly, its agents go on. */
  stop(): Promise<Exit>
  /** INT, as Ctrl-C sends it: the same, asked for by a person. */
  interrupt(): Promise<Exit>
}

export type StartServer = {
  readonly dataDir: string
  readonly port: number
  /** Arguments after the program; by default without the demo. */
  readonly args?: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly nodeArgs?: readonly string[]
}

const mostOutput = 200_000

export function startServerProcess(options: StartServer): ServerProcess {
  const { dataDir, port, args = ['--no-demo'], cwd = programPaths.root, nodeArgs = [] } = options
  const child = spawn(programPaths.node, [...nodeArgs, programPaths.server, ...args], {
    cwd,
    env: {
      ...programEnv(),
      MOLECULE_DATA_DIR: dataDir,
      PORT: String(port),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = collect(child)
  const ended = exitOf(child)
  const { pid } = child
  if (pid === undefined) throw new Error('the server could not be started')
  const isAlive = () => child.exitCode === null && child.signalCode === null
  const end = (signal: NodeJS.Signals) => {
    if (isAlive()) process.kill(pid, signal)
    return ended
  }
  return {
    pid,
    ended,
    isAlive,
    output,
    ready: () =>
      until(
        'the server serves',
        async () => {
          if (!isAlive()) throw new Error(`the server ended before it served:\n${output()}`)
          return urlOf(dataDir, pid)
        },
        { everyMs: 5 },
      ),
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    interrupt: () => end('SIGINT'),
  }
}

/** Where the server with that pid listens, as it tells the programs of this machine. */
async function urlOf(dataDir: string, pid: number): Promise<string | undefined> {
  const text = await readFile(join(dataDir, 'server.json'), 'utf8').catch(() => '{}')
  const found: { pid?: number; url?: string } = JSON.parse(text)
  return found.pid === pid ? found.url : undefined
}

function collect({ stdout, stderr }: ChildProcess) {
  let text = ''
  for (const pipe of [stdout, stderr])
    pipe?.setEncoding('utf8').on('data', (part: string) => {
      text = (text + part).slice(-mostOutput)
    })
  return () => text
}

/** `close` comes once the pipes are read to their end too. */
const exitOf = (child: ChildProcess) =>
  new Promise<Exit>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
