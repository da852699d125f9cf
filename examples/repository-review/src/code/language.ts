import { isMadeByTools, isTest } from '../repository/file-kind.ts'

export type Language = {
  lineComment: '//' | '#'
  blocks: 'braces' | 'indent'
  /** A slash may open a regular expression, and a backtick a template. */
  script: boolean
  /** A single quote holds one character only, and otherwise marks a lifetime. */
  charQuotes: boolean
}

const braces: Language = { lineComment: '//', blocks: 'braces', script: false, charQuotes: false }
const script: Language = { ...braces, script: true }
const charQuotes: Language = { ...braces, charQuotes: true }
const python: Language = { ...braces, lineComment: '#', blocks: 'indent' }

const byExtension = new Map<string, Language>([
  ...['ts', 'tsx', 'mts', 'cts', 'js', 'jsx', 'mjs', 'cjs'].map((name) => [name, script] as const),
  ...['rs', 'c', 'h', 'cc', 'cpp', 'hpp', 'java', 'kt', 'cs'].map(
    (name) => [name, charQuotes] as const,
  ),
  ...['go', 'swift', 'php', 'scala', 'dart'].map((name) => [name, braces] as const),
  ['py', python],
])

/** Of code that people write and ship; tests may be long and may repeat themselves. */
export function languageOf(path: string): Language | undefined {
  if (isTest(path) || isMadeByTools(path) || path.endsWith('.d.ts')) return undefined
  return byExtension.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase())
}
