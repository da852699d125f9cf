/** From what needs action today to what can wait. */
export const severities = ['critical', 'high', 'medium', 'low'] as const
export type Severity = (typeof severities)[number]

export type Finding = {
  /** `<specialist>/<rule>`. */
  rule: string
  severity: Severity
  /** Relative to the repository's folder, with `/`. */
  file: string
  /** 1 when the file as a whole is meant. */
  line: number
  /** Set when file and line are those of a past commit. */
  commit?: string
  title: string
  detail: string
  fix: string
}

/** What a specialist answers, as JSON. */
export type Review = {
  findings: Finding[]
  /** What the reader has to know about how far the review reached. */
  notes: string[]
  checked: string
}

const byName = (a: string, b: string) => Number(a > b) - Number(a < b)

function compareFindings(a: Finding, b: Finding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    byName(a.file, b.file) ||
    a.line - b.line ||
    byName(a.rule, b.rule)
  )
}

/** Sorted, each place and rule once. */
export function mergeFindings(findings: readonly Finding[]): Finding[] {
  const unique = new Map<string, Finding>()
  for (const finding of findings) {
    const { rule, file, line, commit } = finding
    const key = JSON.stringify([rule, file, line, commit])
    if (!unique.has(key)) unique.set(key, finding)
  }
  return [...unique.values()].sort(compareFindings)
}
