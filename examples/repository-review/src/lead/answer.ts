import { type Finding, type Review, severities } from '../finding.ts'

/** What a specialist answered; undefined when it is not a review. */
export function parseReview(text: string): Review | undefined {
  const value = parseJson(text)
  if (!isObject(value) || !Array.isArray(value.findings)) return undefined
  const findings = value.findings.filter(isFinding)
  if (findings.length < value.findings.length) return undefined
  const notes = Array.isArray(value.notes)
    ? value.notes.filter((note) => typeof note === 'string')
    : []
  return { findings, notes, checked: typeof value.checked === 'string' ? value.checked : '' }
}

const textFields = ['rule', 'file', 'title', 'detail', 'fix'] as const

function isFinding(value: unknown): value is Finding {
  if (!isObject(value)) return false
  return (
    textFields.every((field) => typeof value[field] === 'string') &&
    severities.some((severity) => severity === value.severity) &&
    Number.isInteger(value.line) &&
    (value.commit === undefined || typeof value.commit === 'string')
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
