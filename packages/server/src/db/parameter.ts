import { cleanText } from '../lib/clean-text.ts'
import { encodeJson } from './json-column.ts'

/** A parameter in the few types that both databases store alike. */
export function toParameter(value: unknown): string | number | null {
  if (value === null) return null
  switch (typeof value) {
    case 'string':
      return cleanText(value)
    case 'number':
      return checkedNumber(value)
    case 'bigint':
      return checkedNumber(Number(value))
    case 'boolean':
      return value ? 1 : 0
    case 'object':
      return encodeJson(value)
    default:
      throw new TypeError(`a query parameter is ${typeof value}`)
  }
}

function checkedNumber(value: number): number {
  const isStorable = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value)
  if (!isStorable) throw new RangeError(`a query parameter is ${value}: not a safe number`)
  return value
}

/** An int8 or numeric of the database, as text. */
export function toSafeNumber(text: string): number {
  const value = Number(text)
  return checkedNumber(value)
}
