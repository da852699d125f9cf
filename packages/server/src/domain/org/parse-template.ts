import type { ZodError } from 'zod'
import { closest } from '../../lib/closest.ts'
import type { Sourced } from './read-yaml.ts'
import { type Finding, placeText, templateError } from './template-error.ts'
import { knownKeys, OrgDocument } from './template-schema.ts'

/** Checks what was read against the schema; throws with every place that is wrong. Lenient, keys that nobody knows are only warned of. */
export function parseTemplate(
  source: Sourced,
  { lenient }: { lenient: boolean },
): { document: OrgDocument; warnings: string[] } {
  const warnings: string[] = []
  const parsed = OrgDocument.safeParse(source.value)
  if (parsed.success) return { document: parsed.data, warnings }
  if (!lenient || !onlyUnknown(parsed.error)) throw templateError(findingsOf(source, parsed.error))
  for (const { at, message } of findingsOf(source, parsed.error))
    warnings.push(`${placeText(at)}: ${message}`)
  dropUnknown(source.value, parsed.error)
  const again = OrgDocument.safeParse(source.value)
  if (!again.success) throw templateError(findingsOf(source, again.error))
  return { document: again.data, warnings }
}

const onlyUnknown = ({ issues }: ZodError) =>
  issues.every(({ code }) => code === 'unrecognized_keys')

const findingsOf = (source: Sourced, { issues }: ZodError): Finding[] =>
  issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          at: source.at([...issue.path, key]),
          message: unknownKey(key),
        }))
      : [{ at: source.at(issue.path), message: `${issue.path.join('.')}: ${issue.message}` }],
  )

function unknownKey(key: string): string {
  const meant = closest(key, knownKeys)
  return `there is no key "${key}"${meant ? `; did you mean "${meant}"?` : ''}`
}

function dropUnknown(value: unknown, { issues }: ZodError): void {
  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue
    const holder = issue.path.reduce<unknown>(
      (at, part) => (at as Record<PropertyKey, unknown>)[part],
      value,
    )
    for (const key of issue.keys) delete (holder as Record<string, unknown>)[key]
  }
}
