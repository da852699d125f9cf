import { type Finding, mergeFindings, severities } from '../finding.ts'
import { codeSpan, plain, table } from './markdown.ts'
import type { Part } from './team.ts'

const shownCommitChars = 10

/** The reviews of all specialists as one Markdown document. */
export function renderReport(folder: string, parts: readonly Part[]): string {
  const findings = mergeFindings(
    parts.flatMap((part) => ('review' in part ? part.review.findings : [])),
  )
  const gaps = parts.filter((part) => 'gap' in part)
  return [
    `# Review of ${codeSpan(folder)}`,
    verdict(findings, gaps.length),
    ...gapSection(gaps),
    ...severities.flatMap((severity) => severitySection(severity, findings)),
    '## Who checked what',
    table(['specialist', 'checked', 'findings', 'attempts'], parts.map(partRow)),
    ...notesSection(parts),
  ].join('\n\n')
}

function verdict(findings: readonly Finding[], gaps: number): string {
  if (findings.length === 0 && gaps > 0) return 'No findings in the parts that were checked.'
  if (findings.length === 0) return 'No findings.'
  const counted = severities.map((severity) => ({
    severity,
    n: findings.filter((finding) => finding.severity === severity).length,
  }))
  const rows = counted.filter(({ n }) => n > 0).map(({ severity, n }) => [severity, String(n)])
  return table(['severity', 'findings'], [...rows, ['all', String(findings.length)]])
}

function gapSection(gaps: readonly (Part & { gap: string })[]): string[] {
  if (gaps.length === 0) return []
  const lines = gaps.map(({ specialist, gap }) => `- **${plain(specialist)}**: ${plain(gap)}`)
  return ['## Not reviewed', lines.join('\n')]
}

function severitySection(severity: string, all: readonly Finding[]): string[] {
  const findings = all.filter((finding) => finding.severity === severity)
  if (findings.length === 0) return []
  const title = severity.charAt(0).toUpperCase() + severity.slice(1)
  return [`## ${title}`, findings.map(item).join('\n')]
}

function item({ file, line, commit, title, detail, fix, rule }: Finding): string {
  const place = codeSpan(`${file}:${line}`)
  const past = commit ? ` in commit ${codeSpan(commit.slice(0, shownCommitChars))}` : ''
  return [
    `- ${place}${past}: **${plain(title)}** (${codeSpan(rule)})`,
    `  ${plain(detail)} ${plain(fix)}`,
  ].join('\n')
}

function partRow(part: Part): string[] {
  const [checked, findings] =
    'gap' in part
      ? ['nothing', '–']
      : [plain(part.review.checked), String(part.review.findings.length)]
  return [plain(part.specialist), checked, findings, String(part.attempts)]
}

function notesSection(parts: readonly Part[]): string[] {
  const notes = new Map<string, string[]>()
  for (const part of parts)
    for (const note of 'review' in part ? part.review.notes : [])
      notes.set(note, [...(notes.get(note) ?? []), part.specialist])
  if (notes.size === 0) return []
  const lines = [...notes].map(([note, who]) => `- ${who.map(plain).join(', ')}: ${plain(note)}`)
  return ['## Notes', lines.join('\n')]
}
