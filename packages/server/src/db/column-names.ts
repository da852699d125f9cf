/** Names of tables and columns are snake_case in the database and camelCase in TypeScript. */
export const toSnakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

export const toCamelCase = (name: string): string =>
  name.replace(/_+([^_])/g, (_, letter: string) => letter.toUpperCase())

/** The same as `toSnakeCase`; looks up what it has seen, which are the names that the program spells out. */
export function snakeCaser(): (name: string) => string {
  const known = new Map<string, string>()
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    const made = toSnakeCase(name)
    known.set(name, made)
    return made
  }
}
