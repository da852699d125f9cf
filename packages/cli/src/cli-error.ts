import { type ExitCode, exitCode } from './exit-code.ts'

type CliErrorOptions = {
  exitCode: ExitCode
  hint?: string
  /** Further lines between what happened and what to do. */
  lines?: readonly string[]
}

/** A failure the command itself finds, told in the same form as a refusal of the server. */
export class CliError extends Error {
  readonly exitCode: ExitCode
  readonly hint: string | undefined
  readonly lines: readonly string[]

  constructor(message: string, options: CliErrorOptions) {
    super(message)
    this.name = 'CliError'
    this.exitCode = options.exitCode
    this.hint = options.hint
    this.lines = options.lines ?? []
  }
}

export const usageError = (message: string, hint: string, lines: readonly string[] = []) =>
  new CliError(message, { exitCode: exitCode.usage, hint, lines })

export const notFound = (message: string, hint: string) =>
  new CliError(message, { exitCode: exitCode.notFound, hint })

/** The command did not end; the work it watched goes on. */
export const stoppedWaiting = (
  why: 'interrupted' | 'timedOut',
  message: string,
  lines: readonly string[],
) => new CliError(message, { exitCode: exitCode[why], lines })
