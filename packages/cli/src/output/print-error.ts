import { MoleculeError } from '@molecule/sdk'
import { CliError } from '../cli-error.ts'
import type { Connection } from '../connection.ts'
import { type ExitCode, exitCode, exitCodeOf } from '../exit-code.ts'
import type { Output } from './output.ts'
import { oneLine } from './plain-text.ts'

/** What a person needs to read: what happened, why, what to do. */
type Told = {
  code: string
  what: string
  lines: readonly string[]
  hint: string | undefined
  exitCode: ExitCode
}

type Context = { out: Output; connection: Connection | undefined; isDebug: boolean }

/** The one place where a failure is told; returns the exit code. */
export function printError(error: unknown, { out, connection, isDebug }: Context): ExitCode {
  const told = tell(error, connection)
  out.screen.endLine()
  if (out.isJson) out.screen.err(`${JSON.stringify(asDocument(error, told))}\n`)
  else for (const line of asLines(told, out)) out.note(line)
  if (isDebug && error instanceof Error) out.note(error.stack ?? String(error))
  return told.exitCode
}

function tell(error: unknown, connection: Connection | undefined): Told {
  if (error instanceof MoleculeError) return tellRefusal(error, connection)
  if (error instanceof CliError)
    return {
      code: 'cli',
      what: error.message,
      lines: error.lines,
      hint: error.hint,
      exitCode: error.exitCode,
    }
  const what = error instanceof Error ? error.message : String(error)
  return {
    code: 'bug',
    what: `molecule met an error it does not know: ${what}`,
    lines: [],
    hint: 'Set MOLECULE_DEBUG=1 to see where it comes from, and report it.',
    exitCode: exitCode.failed,
  }
}

function tellRefusal({ problem }: MoleculeError, connection: Connection | undefined): Told {
  const fields = (problem.fields ?? []).map(({ path, message }) => `${path}: ${message}`)
  const extra = Object.entries(problem.extra ?? {}).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return {
    code: problem.code,
    what: problem.detail,
    lines: [...fields, ...extra, ...whereFrom(problem.code, problem.status, connection)],
    hint: problem.hint,
    exitCode: exitCodeOf(problem.code),
  }
}

/** A refused credential and a silent address are mostly the wrong ones: say where they were found. */
function whereFrom(code: string, status: number, connection: Connection | undefined): string[] {
  if (!connection) return []
  if (status === 0) return [`The address is from ${connection.urlFrom}.`]
  if (code !== 'unauthenticated') return []
  return connection.token === undefined
    ? [
        'No credential was found in --token, MOLECULE_TOKEN, MOLECULE_TOKEN_FILE, ADMIN_TOKEN, the data folder or a stored login.',
      ]
    : [`The credential is from ${connection.tokenFrom}.`]
}

const asDocument = (error: unknown, told: Told) => ({
  error:
    error instanceof MoleculeError
      ? error.problem
      : { code: told.code, detail: told.what, hint: told.hint ?? '', lines: told.lines },
  exit_code: told.exitCode,
})

function asLines(told: Told, out: Output): string[] {
  const stopped = told.exitCode === exitCode.interrupted || told.exitCode === exitCode.timedOut
  const mark = stopped ? out.noteStyle('warn', 'stopped') : out.noteStyle('bad', 'error')
  return [
    `${mark}  ${oneLine(told.what)}`,
    ...told.lines.map((line) => `  ${oneLine(line)}`),
    ...(told.hint ? [`${out.noteStyle('bold', 'next')}   ${oneLine(told.hint)}`] : []),
  ]
}
