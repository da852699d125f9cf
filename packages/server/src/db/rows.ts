import { toCamelCase, toSnakeCase } from './column-names.ts'
import { jsonColumns } from './tables.ts'

/** By name alone: no other column of any table may be called so. */
const jsonNames: ReadonlySet<string> = new Set(Object.values(jsonColumns).flat().map(toSnakeCase))

/** How the values of one column of a result are read. */
export interface Column {
  name: string
  isJson: boolean
}

/** From the names that the database gives. */
export const columnsOf = (names: readonly string[]): Column[] =>
  names.map((name) => ({ name: toCamelCase(name), isJson: jsonNames.has(name) }))

export function rowsOf(columns: readonly Column[], lines: readonly unknown[][]) {
  return lines.map((values) => {
    const row: Record<string, unknown> = {}
    let index = 0
    for (const { name, isJson } of columns) {
      const value = values[index++]
      row[name] = isJson && typeof value === 'string' ? JSON.parse(value) : value
    }
    return row
  })
}
