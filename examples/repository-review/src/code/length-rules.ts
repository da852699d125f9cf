import type { Finding } from '../finding.ts'
import { braceFunctions, type FunctionSpan } from './brace-functions.ts'
import { indentFunctions } from './indent-functions.ts'
import type { Source } from './source.ts'

const maxFileLines = 500
const maxFunctionLines = 80

export function longFile({ path, text }: Source): Finding[] {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  if (lines <= maxFileLines) return []
  return [
    {
      rule: 'code/long-file',
      severity: 'low',
      file: path,
      line: 1,
      title: `A file of ${lines} lines`,
      detail: `Above ${maxFileLines} lines a file usually holds several things that change for different reasons.`,
      fix: 'Look for the seam and split it there.',
    },
  ]
}

export function longFunctions({ path, bare, language }: Source): Finding[] {
  const spans = language.blocks === 'braces' ? braceFunctions(bare) : indentFunctions(bare)
  return tooLong(spans).map(({ startLine, lines }) => ({
    rule: 'code/long-function',
    severity: 'medium',
    file: path,
    line: startLine,
    title: `A function of ${lines} lines`,
    detail: `Above ${maxFunctionLines} lines a function can hardly be read, or tested, as one thought.`,
    fix: 'Extract the steps it takes into functions named after them.',
  }))
}

/** Lines of a function that is reported do not count again for the one around it. */
function tooLong(spans: readonly FunctionSpan[]) {
  const reported: { startLine: number; endLine: number; lines: number }[] = []
  const bySize = [...spans].sort((a, b) => size(a) - size(b))
  for (const span of bySize) {
    const inner = reported.filter((other) => contains(span, other))
    const lines = size(span) - inner.reduce((sum, other) => sum + other.lines, 0)
    if (lines > maxFunctionLines) reported.push({ ...span, lines })
  }
  return reported
}

const size = ({ startLine, endLine }: FunctionSpan) => endLine - startLine + 1
const contains = (outer: FunctionSpan, inner: FunctionSpan) =>
  outer.startLine <= inner.startLine && inner.endLine <= outer.endLine
