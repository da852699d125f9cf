/** Paths and names come from the repository under review: nothing in them may turn into markup. */

/** Control characters, and those that reorder or break lines. */
const controls = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu
const escapedChar = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`

/** As a code span, whatever it holds. */
export function codeSpan(text: string): string {
  const visible = text.replace(controls, escapedChar)
  const fence = '`'.repeat(longestRun(visible) + 1)
  const padding = /^`|`$/.test(visible) ? ' ' : ''
  return `${fence}${padding}${visible}${padding}${fence}`
}

/** As running text. */
export function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(controls, escapedChar)
    .replace(/[\\*_[\]<>|#]/g, '\\$&')
}

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')
}

const longestRun = (text: string) =>
  Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
