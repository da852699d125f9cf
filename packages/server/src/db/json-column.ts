import { jsonColumns } from './tables.ts'

const toSnakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** By name alone: no other column of any table may be called so. */
const jsonNames: ReadonlySet<string> = new Set(Object.values(jsonColumns).flat().map(toSnakeCase))

export const jsonColumnsIn = (columns: readonly string[]): string[] =>
  columns.filter((column) => jsonNames.has(column))

export function encodeJson(value: object): string {
  if (ArrayBuffer.isView(value) || value instanceof Date) {
    throw new TypeError(
      `a query parameter is a ${value.constructor.name}: store milliseconds or text`,
    )
  }
  return JSON.stringify(value)
}

/** Replaces the text of these columns by what it says. */
export function decodeJson(rows: readonly Record<string, unknown>[], columns: readonly string[]) {
  for (const row of rows) {
    for (const column of columns) {
      const text = row[column]
      if (typeof text === 'string') row[column] = parse(text, column)
    }
  }
}

function parse(text: string, column: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`the column ${column} holds text that is no JSON`, { cause: error })
  }
}
