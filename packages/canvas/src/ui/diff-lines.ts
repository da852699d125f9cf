import { structuredPatch } from 'diff'

export type DiffLine = { kind: 'same' | 'added' | 'removed'; text: string }
/** Lines that belong together, with the number of the first. */
export type Hunk = { line: number; lines: readonly DiffLine[] }

/** How many unchanged lines stand around a change. */
const CONTEXT = 3
/** After so long two texts are taken for altogether different. */
const MAX_MS = 500

const kindOf = { ' ': 'same', '+': 'added', '-': 'removed' } as const
const isSign = (sign: string): sign is keyof typeof kindOf => sign in kindOf

/** What leads from one text to another; undefined where that cannot be found out in time. */
export function hunksOf(before: string, after: string): Hunk[] | undefined {
  const options = { context: CONTEXT, timeout: MAX_MS }
  const patch = structuredPatch('', '', before, after, undefined, undefined, options)
  return patch?.hunks.map(({ newStart, lines }) => ({
    line: newStart,
    lines: lines.flatMap((line) => {
      const sign = line.charAt(0)
      return isSign(sign) ? [{ kind: kindOf[sign], text: line.slice(1) }] : []
    }),
  }))
}

type Files = Readonly<Record<string, string>>

/** Paths of files that are not the same in both, in order. */
export function pathsThatDiffer(before: Files, after: Files): string[] {
  const all = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...all].filter((path) => before[path] !== after[path]).sort()
}
