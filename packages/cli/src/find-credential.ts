import { notFound, usageError } from './cli-error.ts'

type Row = { id: string; name?: string | undefined; prefix?: string }

/** A token or session given by its id, its prefix or its name. */
export function matchCredential<R extends Row>(rows: readonly R[], given: string, what: string): R {
  const rules: ((row: R) => boolean)[] = [
    ({ id }) => id === given.toLowerCase(),
    ({ prefix }) => prefix === given,
    ({ name }) => name === given,
  ]
  const candidates = rules.map((rule) => rows.filter(rule)).find((found) => found.length > 0) ?? []
  const [only] = candidates
  if (only && candidates.length === 1) return only
  if (only)
    throw usageError(
      `"${given}" is the name of ${candidates.length} of them.`,
      'Give the id.',
      candidates.map(({ id, prefix = '', name = '' }) => `${id}  ${prefix}  ${name}`.trimEnd()),
    )
  throw notFound(
    `There is no ${what} "${given}".`,
    `See them with \`molecule ${what} list\`; one that was revoked or has expired is not there any more.`,
  )
}
