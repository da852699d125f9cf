import { spawn } from 'node:child_process'
import { searchPath } from '../environment.ts'

/**
 * A reviewed repository is not trusted: its own configuration must not run a program, reach the
 * network or change what git prints.
 */
const safeConfig = [
  'safe.directory=*',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.quotePath=false',
  'core.bigFileThreshold=512k',
  'log.showSignature=false',
  'log.showRoot=true',
  'protocol.allow=never',
].flatMap((setting) => ['-c', setting])

const environment = () => ({
  PATH: searchPath(),
  LC_ALL: 'C',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
})

const maxErrorChars = 2_000

export type GitRun = {
  args: readonly string[]
  onText: (text: string) => void
  maxBytes: number
  input?: string
  signal: AbortSignal
}

export type GitEnd = {
  /** Null when it was ended at the bound. */
  code: number | null
  cut: boolean
  error: string
}

export type Git = {
  /** Hands over the output in pieces, and ends git at the bound. */
  run: (run: GitRun) => Promise<GitEnd>
  /** The whole output; throws when git refuses. */
  text: (run: Omit<GitRun, 'onText'>) => Promise<{ text: string; cut: boolean }>
}

/** Throws `ENOENT` when there is no such program. */
export function gitIn(folder: string, program = 'git'): Git {
  const run = (options: GitRun) => runGit(program, folder, options)
  return {
    run,
    async text(options) {
      const pieces: string[] = []
      const end = await run({ ...options, onText: (piece) => pieces.push(piece) })
      if (end.code !== 0 && !end.cut)
        throw new Error(`git ${options.args[0]} failed: ${end.error.trim()}`)
      return { text: pieces.join(''), cut: end.cut }
    },
  }
}

async function runGit(program: string, folder: string, run: GitRun): Promise<GitEnd> {
  const child = spawn(program, ['--no-pager', ...safeConfig, '-C', folder, ...run.args], {
    env: environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: run.signal,
    killSignal: 'SIGKILL',
  })
  const decoder = new TextDecoder()
  let bytes = 0
  let error = ''
  child.stdin.on('error', () => {}) // It may end before it has read all: its exit code tells.
  child.stdin.end(run.input ?? '')
  child.stderr.on('data', (piece: Buffer) => {
    error = (error + piece.toString()).slice(0, maxErrorChars)
  })
  child.stdout.on('data', (piece: Buffer) => {
    const room = run.maxBytes - bytes
    bytes += piece.length
    if (room > 0) run.onText(decoder.decode(piece.subarray(0, room), { stream: true }))
    if (bytes > run.maxBytes) child.kill('SIGKILL')
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, cut: bytes > run.maxBytes, error }
}
