export type Option = {
  value: string
  label: string
  /** A second line, which is searched too. */
  detail?: string | undefined
}

/** More than this are not drawn: whoever has so many types on. */
export const MAX_SHOWN = 50

/** Those in which each word of the query stands, wherever. */
export function matching(options: readonly Option[], query: string): readonly Option[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return options.filter(({ label, detail = '' }) => {
    const text = `${label} ${detail}`.toLowerCase()
    return words.every((word) => text.includes(word))
  })
}
