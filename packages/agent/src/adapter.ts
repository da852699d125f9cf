import type { Peer } from '@molecule/contract/registry'
import type { FailureClass } from '@molecule/contract/task'
import type { Reason } from '@molecule/contract/workspace'
import type { Stream } from './output-buffer.ts'

export type AdapterTask = {
  readonly taskId: string
  readonly attempt: number
  readonly text: string
  /** The thread it belongs to: what a runtime remembers, it remembers by thread. */
  readonly contextId: string
}

/** What an adapter tells while it works. Output counts as progress. */
export type Sink = {
  output(stream: Stream, text: string): void
  progressed(): void
  /** A tool of the model has ended. */
  tool(use: ToolUse): void
}

/** One use of a tool, in the words of the program. */
export type ToolUse = {
  readonly name: string
  readonly input: unknown
  readonly output: string
  readonly isError: boolean
}

export type AdapterResult =
  | { readonly outcome: 'completed'; readonly result: string }
  /** It cannot go on without an answer of whoever asked. */
  | { readonly outcome: 'asked'; readonly question: string }
  | {
      readonly outcome: 'failed'
      readonly reason: Reason
      /** Permanent unless it says otherwise. */
      readonly failure?: FailureClass
      /** When the limit is over, where the program says so. */
      readonly retry_at?: string
    }

/** Runs one kind of runtime. */
export interface RuntimeAdapter {
  /** Why no task could be run here, if so. */
  fault(): Promise<Reason | undefined>
  /**
   * Works on one task and answers when nothing of it runs any more. An abort ends it early: its
   * answer is then of no interest. Never throws for what the program does.
   */
  run(task: AdapterTask, sink: Sink, signal: AbortSignal): Promise<AdapterResult>
  /** Ends what runs beside the tasks, if anything does. */
  close?(): Promise<void>
}

/** What every adapter gets from the host. */
export type AdapterSettings = {
  readonly runtime: string
  /** Checked by the server against the runtime's own schema. */
  readonly runtimeConfig: Record<string, unknown>
  readonly workspaceId: string
  /** Where the server listens now. */
  readonly platformUrl: () => string
  readonly workDir: string
  /** Folder of this start, for its owner alone. */
  readonly hostDir: string
  /** Where the configuration lies. */
  readonly configDir: string
  /** Files of it whose text is its prompt, in this order; without any its `system-prompt.md`. */
  readonly promptFiles: () => readonly string[]
  /** Whom the workspace may ask, as it is now. */
  readonly peers: () => Promise<readonly Peer[]>
  /** Where a runtime keeps what it remembers; it outlives starts. */
  readonly sessionDir: string
  /** Holds the token of the workspace. */
  readonly tokenFile: string
  /** None where nobody chose one and the program is to take its own. */
  readonly model: string | undefined
  /** The program is that of a person, who has set it up and logged it in: what it has of its own stays as it is. */
  readonly isOfPerson?: boolean
  readonly agent: { readonly name: string; readonly role: string | null }
  /** What programs find in their environment unless the runtime_config says otherwise. */
  readonly env: Readonly<Record<string, string>>
  /** For the environment of programs and nowhere else: never to a disk, a log or an argument. */
  readonly secrets: Readonly<Record<string, string>>
  /** What neither runtime_config nor a secret can change: markers, the place of the token. */
  readonly fixedEnv: Readonly<Record<string, string>>
  /** Folder that holds the `molecule` command, if there is one. */
  readonly binDir: string | undefined
  readonly killGraceMs: number
  readonly sampleEveryMs: number
}
