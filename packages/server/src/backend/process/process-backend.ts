import type { Backend } from '../backend.ts'

export type ProcessBackendOptions = {
  /** Absolute. Workspaces live below it in `workspaces/<id>/`. */
  readonly dataDir: string
  /** Starts the agent host; the folder that holds its `boot.json` is appended. */
  readonly hostCommand: readonly [program: string, ...args: string[]]
  /** Starts the CLI, so that the programs of an agent find a `molecule` command. */
  readonly cliCommand?: readonly [program: string, ...args: string[]]
  /** The server's own environment; only a fixed list of harmless names is handed on. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Default: `<dataDir>/cache`. */
  readonly compileCacheDir?: string
  /** How long a workload may take to end by itself before it is killed. */
  readonly stopGraceMs?: number
}

/** One agent host per workspace as a process of this machine, which outlives the server. */
export function processBackend(_options: ProcessBackendOptions): Backend {
  throw new Error('not there yet')
}
