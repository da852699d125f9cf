import type { FailureClass } from '@molecule/contract/task'
import type { Reason } from '@molecule/contract/workspace'

const maxDetailUnits = 2_000
const maxTailUnits = 1_800

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null }

export function exitReason(command: string, { code, signal }: Exit, stderr: string): Reason {
  return signal
    ? {
        code: 'killed_by_signal',
        detail: withTail(`\`${command}\` was ended by ${signal}`, stderr),
        hint: 'Something outside ended it: look for a memory limit or somebody who killed it. Then ask again.',
      }
    : {
        code: 'exit_nonzero',
        detail: withTail(`\`${command}\` ended with exit code ${code}`, stderr),
        hint: 'What it printed to standard error says why. Run it by hand with the same input to see it again.',
      }
}

const EX_TEMPFAIL = 75
const EX_NOPERM = 77

/** What an exit code of sysexits(3) says of the chances of another try; every other one is final. */
export function failureOf({ code }: Exit): FailureClass {
  if (code === EX_TEMPFAIL) return 'transient'
  return code === EX_NOPERM ? 'auth' : 'permanent'
}

export const outputTooLarge = (command: string, maxBytes: number): Reason => ({
  code: 'output_too_large',
  detail: `\`${command}\` printed more than ${maxBytes / 1_000_000} MB, the most an answer may have, and was ended.`,
  hint: 'Write large results to a file and print its name.',
})

export const notStopped = (command: string): Reason => ({
  code: 'program_not_stopped',
  detail: `Processes of \`${command}\` could not be ended, even with KILL.`,
  hint: 'They hang in the system, often in a broken disk or network mount: look with `ps` for state D.',
})

function withTail(what: string, stderr: string) {
  const tail = lastLines(stderr.trimEnd(), maxTailUnits)
  return tail === '' ? `${what}. It printed nothing to standard error.` : cap(`${what}: ${tail}`)
}

/** The last whole lines that fit; of one line that does not fit, its end. */
function lastLines(text: string, maxUnits: number) {
  if (text.length <= maxUnits) return text
  const end = text.slice(-maxUnits)
  const isWhole = text.at(-maxUnits - 1) === '\n'
  const lineStart = end.indexOf('\n') + 1
  return isWhole || lineStart === 0 ? end.toWellFormed() : end.slice(lineStart)
}

const cap = (text: string) => text.slice(0, maxDetailUnits)
