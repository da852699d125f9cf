import { join } from 'node:path'
import type {
  AdapterResult,
  AdapterSettings,
  AdapterTask,
  RuntimeAdapter,
  Sink,
} from '../adapter.ts'
import { pathFor } from './cli-environment.ts'
import { cliFault, type Program } from './cli-fault.ts'
import { commandFault } from './command-config.ts'
import { type Driven, fellSilent } from './drive-program.ts'
import { exitReason } from './exit-reason.ts'
import { type Threads, threads } from './threads.ts'

/** What every agent CLI is configured with. */
type CliConfig = {
  readonly command: string
  readonly env: Readonly<Record<string, string>>
  readonly stall_s: number
}

/** One task in the hands of an agent CLI. */
export type CliRun<Config> = {
  readonly config: Config
  readonly settings: AdapterSettings
  readonly task: AdapterTask
  readonly sink: Sink
  readonly signal: AbortSignal
  readonly known: Threads
  /** To go on with; without one it begins one. */
  readonly session: string | undefined
}

type Cli<Config> = {
  readonly settings: AdapterSettings
  readonly config: Config
  /** How it is installed; none where nothing is known of it. */
  readonly program: Program | undefined
  /** Holds the session of each thread, in the folder of sessions. */
  readonly threadsFile: string
  oneRun(run: CliRun<Config>): Promise<AdapterResult | 'forgotten'>
}

/** An agent CLI: one process per task, in the session of the program that holds the thread of tasks. */
export function cliAdapter<Config extends CliConfig>(cli: Cli<Config>): RuntimeAdapter {
  const { settings, config, program } = cli
  const known = threads(join(settings.sessionDir, cli.threadsFile))
  const place = {
    command: config.command,
    path: pathFor(settings, config.env),
    workDir: settings.workDir,
  }
  return {
    fault: () => (program ? cliFault({ ...place, ...program }) : commandFault(place)),
    run: (task, sink, signal) =>
      known.inSession(task.contextId, signal, (session) =>
        cli.oneRun({ config, settings, task, sink, signal, known, session }),
      ),
  }
}

/** What became of a task: what was told of it, unless the program could not be run, fell silent or ended without a word. */
export function endOf<Told>(
  driven: Driven,
  { command, stall_s }: Pick<CliConfig, 'command' | 'stall_s'>,
  told: (stderr: string) => Told | undefined,
): Told | AdapterResult {
  if ('fault' in driven) return { outcome: 'failed', reason: driven.fault }
  const { exit, stderr, isStalled } = driven
  if (isStalled) return fellSilent(stall_s)
  const reason = () => exitReason(command, exit, stderr)
  return told(stderr) ?? { outcome: 'failed', reason: reason(), failure: 'transient' }
}
