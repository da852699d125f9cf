import { stripVTControlCharacters } from 'node:util'

// Text of agents reaches terminals, where a control sequence could move the cursor, retitle or paste.
const esc = '\u001b'
const color = new RegExp(`(${esc}\\[[0-9;:]*m)`)

/** One line without control characters, for a cell or a message. */
export const oneLine = (text: string) =>
  stripVTControlCharacters(text)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()

/** Many lines for a terminal: colors stay, every other control sequence goes. */
export const safeText = (text: string) =>
  text
    .split(color)
    .map((part, index) => (index % 2 === 1 ? part : withoutControls(part)))
    .join('')

const withoutControls = (text: string) =>
  stripVTControlCharacters(text).replace(/(?![\n\t])\p{Cc}/gu, '')

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f/u

/** Columns a text takes on a terminal. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  return graphemes(text).reduce((sum, grapheme) => sum + widthOf(grapheme), 0)
}

export function truncate(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  let used = 0
  for (const grapheme of graphemes(text)) {
    if (used + widthOf(grapheme) > width - 1) break
    kept += grapheme
    used += widthOf(grapheme)
  }
  return width > 0 ? `${kept}…` : ''
}

const widthOf = (grapheme: string) => (wide.test(grapheme) ? 2 : 1)

const graphemes = (text: string) =>
  [...new Intl.Segmenter('en').segment(text)].map(({ segment }) => segment)
