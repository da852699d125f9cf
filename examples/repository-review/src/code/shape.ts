import type { Source } from './source.ts'

/** The lines of a file that carry meaning, as numbers: equal lines are equal numbers. */
export type Shape = { path: string; ids: number[]; lines: number[] }

const importStatement =
  /^[^\S\n]*(?:import\b|export\s*(?:\*|(?:type\s*)?\{)|from\b|use\b|#include\b|package\b)[^;\n]*?(?:\{[^}]*\}[^;\n]*)?$/gm
/** Has a name in it: rows of bare values are data, not logic. */
const hasName = /[A-Za-z]{2}/

export function shapeOf({ path, code, bare }: Source): Shape {
  const ids: number[] = []
  const lines: number[] = []
  const bareLines = bare.split('\n')
  const body = code.replace(importStatement, (all) => all.replace(/[^\n]/g, ''))
  for (const [index, line] of body.split('\n').entries()) {
    if (line === '' || !hasName.test(bareLines[index] ?? '')) continue
    ids.push(lineHash(line))
    lines.push(index + 1)
  }
  return { path, ids, lines }
}

const space = 32

/** FNV-1a over what is not white space. Numbers, so that no text of a file is kept after it was read. */
function lineHash(line: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < line.length; i++) {
    const code = line.charCodeAt(i)
    if (code > space) hash = Math.imul(hash ^ code, 0x01000193)
  }
  return hash >>> 0
}
