import { expect, test } from 'vitest'
import { displayWidth } from './plain-text.ts'
import { styleFor } from './style.ts'
import { type Column, renderDetails, renderTable } from './table.ts'

type Row = { name: string; count: number; note: string | null; status?: string }

const plain = styleFor(false)
const columns: Column<Row>[] = [
  { title: 'NAME', cell: (row) => row.name, canShrink: true },
  { title: 'COUNT', cell: (row) => row.count, align: 'right' },
  { title: 'NOTE', cell: (row) => row.note, canShrink: true },
]

test('columns are aligned, numbers to the right, and no line ends in spaces', () => {
  const rows = [
    { name: 'Ada', count: 1, note: 'first' },
    { name: 'Bartholomew', count: 120, note: null },
  ]

  expect(renderTable(rows, columns, { width: undefined, style: plain })).toEqual([
    'NAME         COUNT  NOTE',
    'Ada              1  first',
    'Bartholomew    120',
  ])
})

test('on a narrow terminal the widest columns are cut and every line fits', () => {
  const rows = [{ name: 'n'.repeat(60), count: 1, note: 'x'.repeat(200) }]

  const lines = renderTable(rows, columns, { width: 60, style: plain })

  expect(lines.map(displayWidth)).toEqual(lines.map(() => expect.any(Number)))
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(60)
  expect(lines[1]).toMatch(/^n+… +1 {2}x+…$/)
})

test('when cutting is not enough whole columns go, in their order', () => {
  const droppable: Column<Row>[] = [
    { title: 'ID', cell: () => 'i'.repeat(20) },
    { title: 'NAME', cell: (row) => row.name, canShrink: true, dropRank: 2 },
    { title: 'NOTE', cell: (row) => row.note, canShrink: true, dropRank: 1 },
  ]
  const rows = [{ name: 'n'.repeat(20), count: 1, note: 'x'.repeat(20) }]
  const titles = (width: number) =>
    renderTable(rows, droppable, { width, style: plain })[0]?.split(/ +/)

  expect(titles(80)).toEqual(['ID', 'NAME', 'NOTE'])
  expect(titles(32)).toEqual(['ID', 'NAME'])
  expect(titles(25)).toEqual(['ID'])
})

test('what may not shrink is never cut, however narrow it gets', () => {
  const rows = [{ name: 'Ada', count: 123_456_789, note: 'a long note that has to go' }]

  const [, line] = renderTable(rows, columns, { width: 10, style: plain })

  expect(line).toContain('123456789')
})

test('without a width nothing is cut, so a script gets all of it', () => {
  const note = 'x'.repeat(500)

  const [, line] = renderTable([{ name: 'Ada', count: 1, note }], columns, {
    width: undefined,
    style: plain,
  })

  expect(line).toContain(note)
})

test('wide characters keep the columns in line', () => {
  const rows = [
    { name: '日本語', count: 1, note: 'a' },
    { name: 'é🙂', count: 2, note: 'b' },
  ]

  const [, first = '', second = ''] = renderTable(rows, columns, { width: undefined, style: plain })

  expect(displayWidth(first)).toBe(displayWidth(second))
})

test('a cell is one line and cannot control the terminal', () => {
  const note = 'one\ntwo\u001b]0;title\u0007\u001b[2J\u001b[31mred'

  const [, line] = renderTable([{ name: 'Ada', count: 1, note }], columns, {
    width: undefined,
    style: plain,
  })

  expect(line).toBe('Ada       1  one twored')
})

test('a status has its color, and color takes no width', () => {
  const shown: Column<Row>[] = [
    { title: 'STATUS', cell: (row) => row.status, tone: 'status' },
    { title: 'NAME', cell: (row) => row.name },
  ]
  const rows = [
    { name: 'Ada', count: 1, note: null, status: 'online' },
    { name: 'Bob', count: 1, note: null, status: 'failed' },
  ]

  const [, online, failed] = renderTable(rows, shown, { width: 80, style: styleFor(true) })

  expect(online).toBe('\u001b[32monline\u001b[39m  Ada')
  expect(failed).toBe('\u001b[31mfailed\u001b[39m  Bob')
})

test('details leave out what is empty and line up the rest', () => {
  const lines = renderDetails(
    [
      ['id', 'abc'],
      ['role', null],
      ['current task', ''],
      ['tasks', 0],
    ],
    plain,
  )

  expect(lines).toEqual(['id     abc', 'tasks  0'])
})
