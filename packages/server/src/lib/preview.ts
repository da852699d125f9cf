/** Cuts at `max` UTF-16 code units without splitting a code point, and says so with an ellipsis. */
export function preview(text: string, max: number): string {
  if (text.length <= max) return text
  const end = isHighSurrogate(text.charCodeAt(max - 2)) ? max - 2 : max - 1
  return `${text.slice(0, end)}…`
}

/** The last `max` code units, starting at a line where there is one. */
export function tail(text: string, max: number): string {
  if (text.length <= max) return text
  const cut = text.slice(isHighSurrogate(text.charCodeAt(text.length - max - 1)) ? -max + 1 : -max)
  const line = cut.indexOf('\n')
  return line >= 0 && line < cut.length - 1 ? cut.slice(line + 1) : cut
}

const isHighSurrogate = (code: number) => code >= 0xd800 && code <= 0xdbff
