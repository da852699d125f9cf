import { MoleculeError } from '@molecule/sdk'

/** What the server refused of one file. */
export type FileProblem = {
  file: string
  /** From 1 on, where it is known. */
  line: number | undefined
  told: string
}

/** Paths of problems are `config.yaml:3:1`, `config.yaml: tier` and `files.<path>`. */
export function fileProblems(error: unknown, paths: readonly string[]): FileProblem[] {
  const fields = error instanceof MoleculeError ? (error.problem.fields ?? []) : []
  return fields.flatMap(({ path: place, message }): FileProblem[] => {
    const file = paths.find((path) => place === `files.${path}` || isWithin(place, path))
    if (file === undefined) return []
    const rest = place.startsWith('files.') ? '' : place.slice(file.length)
    const [line, column] = rest.split(':').slice(1).map(Number)
    if (line && column) return [{ file, line, told: `Line ${line}, column ${column}: ${message}` }]
    const key = rest.replace(/^:/, '').trim()
    return [{ file, line: undefined, told: key ? `${key}: ${message}` : message }]
  })
}

const isWithin = (place: string, path: string) => place === path || place.startsWith(`${path}:`)

/** Where a line begins in a text. */
export const startOfLine = (text: string, line: number): number =>
  text
    .split('\n')
    .slice(0, line - 1)
    .reduce((sum, each) => sum + each.length + 1, 0)

export const isConflict = (error: unknown) =>
  error instanceof MoleculeError && error.code === 'conflict'
