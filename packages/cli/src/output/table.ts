import { displayWidth, oneLine, truncate } from './plain-text.ts'
import { type Style, type Tone, toneOf } from './style.ts'

export type Column<Row> = {
  title: string
  cell: (row: Row) => string | number | null | undefined
  align?: 'right'
  /** May be cut when the terminal is too narrow. */
  canShrink?: true
  tone?: 'status' | Tone
}

type Shape = { width: number | undefined; style: Style }

const gap = '  '
const narrowest = 8

/** Aligned columns. With a width the columns that can shrink are cut until the line fits. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, style }: Shape,
): string[] {
  const cells = rows.map((row) => columns.map((column) => textOf(column.cell(row))))
  const titles = columns.map((column) => column.title)
  const natural = columns.map((_, at) =>
    Math.max(...[titles, ...cells].map((line) => displayWidth(line[at] ?? ''))),
  )
  const widths = width === undefined ? natural : narrowed(natural, columns, width)
  const render = (line: readonly string[], toneAt: (at: number) => Tone | undefined) =>
    columns
      .map((column, at) => {
        const text = truncate(line[at] ?? '', widths[at] ?? 0)
        const space = ' '.repeat(Math.max(0, (widths[at] ?? 0) - displayWidth(text)))
        const tone = toneAt(at)
        const painted = tone && text !== '' ? style(tone, text) : text
        return column.align === 'right' ? space + painted : painted + space
      })
      .join(gap)
      .trimEnd()
  return [
    render(titles, () => 'dim'),
    ...cells.map((line) => render(line, (at) => toneFor(columns[at]?.tone, line[at] ?? ''))),
  ]
}

const textOf = (value: string | number | null | undefined) =>
  value === null || value === undefined ? '' : oneLine(String(value))

const toneFor = (tone: 'status' | Tone | undefined, text: string) =>
  tone === 'status' ? toneOf(text) : tone

/** Takes from the widest column that can shrink until the line fits or none can give. */
function narrowed<Row>(natural: readonly number[], columns: readonly Column<Row>[], width: number) {
  const widths = [...natural]
  const excess = () =>
    widths.reduce((sum, one) => sum + one, 0) + gap.length * (widths.length - 1) - width
  const shrinkable = columns.flatMap((column, at) => (column.canShrink ? [at] : []))
  while (excess() > 0) {
    const widest = shrinkable.reduce(
      (best, at) => ((widths[at] ?? 0) > (widths[best] ?? 0) ? at : best),
      shrinkable[0] ?? 0,
    )
    const has = widths[widest] ?? 0
    if (shrinkable.length === 0 || has <= narrowest) break
    widths[widest] = has - 1
  }
  return widths
}

/** `name  value` lines; what is empty is left out. */
export function renderDetails(
  pairs: readonly (readonly [string, string | number | null | undefined])[],
  style: Style,
): string[] {
  const shown = pairs.filter(([, value]) => value !== null && value !== undefined && value !== '')
  const width = Math.max(0, ...shown.map(([name]) => name.length))
  return shown.map(
    ([name, value]) => `${style('dim', name.padEnd(width))}${gap}${oneLine(String(value))}`,
  )
}
