import type { FieldProblem } from '@molecule/contract/problem'
import { DomainError } from '../error.ts'

/** Where in which file something stands; lines and columns count from 1. */
export type At = { file: string; line: number; column: number }

export const placeText = ({ file, line, column }: At) => `${file}:${line}:${column}`

export type Finding = { at: At; message: string }

const MOST = 50

/** A template that cannot be used, with all that is wrong in it. */
export function templateError(findings: readonly Finding[]): DomainError {
  const fields: FieldProblem[] = findings
    .slice(0, MOST)
    .map(({ at, message }) => ({ path: placeText(at), message }))
  const [first] = fields
  return new DomainError(
    'invalid',
    `the template is not valid: ${first?.path}: ${first?.message}`,
    {
      hint: 'Mend the places that are named. Unknown keys are only warned of with --lenient.',
      fields,
    },
  )
}
