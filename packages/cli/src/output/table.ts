import { displayWidth, oneLine, truncate } from './plain-text.ts'
import { type Style, type Tone, toneOf } from './style.ts'

export type Column<Row> = {
  title: string
  cell: (row: Row) => string | number | null | undefined
  align?: 'right'
  /** May be cut when the terminal is too narrow. */
  canShrink?: true
  /** May be left out when cutting is not enough, the lowest first. */
  dropRank?: number
  tone?: 'status' | Tone
}

type Shape = { width: number | undefined; style: Style }
type Measured<Row> = { column: Column<Row>; cells: readonly string[]; width: number }

const gap = '  '
const narrowest = 8

/** Aligned columns. With a width they are cut, and then left out, until every line fits. */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width, style }: Shape,
): string[] {
  const natural = columns.map((column) => measured(rows, column))
  const shown = width === undefined ? natural : fitted(natural, width)
  const line = (textOf: (one: Measured<Row>) => string, toneOf: typeof toneFor) =>
    shown
      .map((one) => padded(one, textOf(one), (text) => toneOf(one.column.tone, text), style))
      .join(gap)
      .trimEnd()
  return [
    line(
      (one) => one.column.title,
      () => 'dim',
    ),
    ...rows.map((_, at) => line((one) => one.cells[at] ?? '', toneFor)),
  ]
}

function measured<Row>(rows: readonly Row[], column: Column<Row>): Measured<Row> {
  const cells = rows.map((row) => oneLine(String(column.cell(row) ?? '')))
  const width = cells.reduce(
    (widest, cell) => Math.max(widest, displayWidth(cell)),
    displayWidth(column.title),
  )
  return { column, cells, width }
}

function padded<Row>(
  { column, width }: Measured<Row>,
  text: string,
  toneOf: (text: string) => Tone | undefined,
  style: Style,
): string {
  const cut = truncate(text, width)
  const space = ' '.repeat(Math.max(0, width - displayWidth(cut)))
  const tone = toneOf(text)
  const painted = tone && cut !== '' ? style(tone, cut) : cut
  return column.align === 'right' ? space + painted : painted + space
}

const toneFor = (tone: 'status' | Tone | undefined, text: string) =>
  tone === 'status' ? toneOf(text) : tone

function fitted<Row>(natural: readonly Measured<Row>[], width: number) {
  const inDropOrder = natural
    .filter(({ column }) => column.dropRank !== undefined)
    .sort((a, b) => (a.column.dropRank ?? 0) - (b.column.dropRank ?? 0))
  let kept = natural
  for (const next of inDropOrder) {
    if (lineWidth(narrowed(kept, width)) <= width) break
    kept = kept.filter((one) => one !== next)
  }
  return narrowed(kept, width)
}

const lineWidth = (columns: readonly { width: number }[]) =>
  columns.reduce((sum, { width }) => sum + width, 0) + gap.length * (columns.length - 1)

/** Takes from the widest column that can shrink until the line fits or none can give. */
function narrowed<Row>(columns: readonly Measured<Row>[], width: number) {
  const narrow = columns.map((one) => ({ ...one }))
  for (let excess = lineWidth(narrow) - width; excess > 0; excess--) {
    const widest = narrow
      .filter((one) => one.column.canShrink && one.width > narrowest)
      .reduce<Measured<Row> | undefined>(
        (best, one) => (best && best.width >= one.width ? best : one),
        undefined,
      )
    if (!widest) break
    widest.width--
  }
  return narrow
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
