import { root } from './paths.mjs'
import { errorCode } from './stamp.mjs'

/** What went wrong, what its tool printed, and what to do about it. */
export class SetupProblem extends Error {
  /** @param {string} message @param {{ hint: string, output?: string }} details */
  constructor(message, { hint, output = '' }) {
    super(message)
    this.hint = hint
    this.output = output
  }
}

/** @param {unknown} error */
export function explain(error) {
  if (error instanceof SetupProblem) {
    return [error.output.trimEnd(), `Molecule: ${error.message}`, `  ${error.hint}`]
      .filter(Boolean)
      .join('\n')
  }
  if (['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '')) {
    return `Molecule: cannot write to ${root}\n  Run as the owner of this folder, or copy it to one of yours. (${error})`
  }
  return String(error instanceof Error ? error.stack : error)
}
