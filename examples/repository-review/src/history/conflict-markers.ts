import type { Finding } from '../finding.ts'
import { isProse, isTest, lineAt } from '../repository/file-kind.ts'

/** All three parts, in order, at the beginning of lines: an underlined heading alone is none. */
const conflict = /^<{7} .*$[\s\S]*?^={7}$[\s\S]*?^>{7} .*$/gm

export function conflictMarkers(path: string, text: string): Finding[] {
  if (isProse(path) || isTest(path) || !text.includes('<<<<<<< ')) return []
  return [...text.matchAll(conflict)].map((match) => ({
    rule: 'history/conflict-markers',
    severity: 'high',
    file: path,
    line: lineAt(text, match.index),
    title: 'A merge that was never finished',
    detail: 'Both sides of a conflict were committed, with the marks between them.',
    fix: 'Decide between the two sides and remove the marks.',
  }))
}
