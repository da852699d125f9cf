import type { Finding, Review } from '../finding.ts'
import { count } from '../repository/limits.ts'
import type { Repository } from '../repository/repository.ts'
import type { Progress } from '../specialist.ts'
import { type Duplicate, findDuplicates } from './duplicates.ts'
import { longFile, longFunctions } from './length-rules.ts'
import { type Shape, shapeOf } from './shape.ts'
import { sourcesOf } from './source.ts'

/** Code that repeats itself, and files and functions that are too long to follow. */
export async function reviewCode(repository: Repository, progress: Progress): Promise<Review> {
  const findings: Finding[] = []
  const shapes: Shape[] = []
  for (const source of sourcesOf(repository)) {
    findings.push(...longFile(source), ...longFunctions(source))
    shapes.push(shapeOf(source))
  }
  const files = count(shapes.length, 'source file')
  await progress.step(`${files} measured`, 1, 2)
  const { duplicates } = findDuplicates(shapes)
  await progress.step('blocks compared', 2, 2)
  return {
    findings: [...findings, ...duplicates.map(asFinding)],
    notes: [],
    checked: `${files}, without tests and generated code`,
  }
}

const asFinding = ({ path, line, lines, otherPath, otherLine }: Duplicate): Finding => ({
  rule: 'code/duplicate',
  severity: 'medium',
  file: path,
  line,
  title: `${lines} lines that stand elsewhere too`,
  detail: `The same block begins at ${otherPath}:${otherLine}; a correction of one will miss the other.`,
  fix: 'Move it to one place and use it from both.',
})
