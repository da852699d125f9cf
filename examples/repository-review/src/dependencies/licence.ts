/** Families of SPDX identifiers, as far as combining works depends on them. */
const permissive =
  /^(?:MIT(?:-0)?|ISC|BSD-[0-9]-Clause.*|0BSD|Apache-2\.0|Unlicense|CC0-1\.0|Zlib|BlueOak-1\.0\.0|Python-2\.0)$/i
const strongCopyleft = /^(?:A?GPL-|A?GPLv|SSPL-|EUPL-|OSL-|A?GPL$)/i
/** Such as the Classpath exception: linking does not extend the licence. */
const exception = /\sWITH\s/i

export const isPermissive = (expression: string) => alternatives(expression).some(allPermissive)

/** True when no choice the expression offers avoids a strong copyleft licence. */
export function isCopyleft(expression: string): boolean {
  const choices = alternatives(expression)
  return choices.length > 0 && choices.every((choice) => partsOf(choice).some(isStrong))
}

const isStrong = (licence: string) => strongCopyleft.test(licence) && !exception.test(licence)
const allPermissive = (choice: string) => partsOf(choice).every((part) => permissive.test(part))

const alternatives = (expression: string) =>
  expression
    .replace(/[()]/g, ' ')
    .split(/\sOR\s/i)
    .map((choice) => choice.trim())
    .filter((choice) => choice !== '')

const partsOf = (choice: string) => choice.split(/\sAND\s/i).map((part) => part.trim())

export function licenceName(license: unknown): string | undefined {
  if (typeof license === 'string') return license
  if (typeof license === 'object' && license !== null && 'type' in license)
    return String(license.type)
  return undefined
}
