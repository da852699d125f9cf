import { cpus, loadavg } from 'node:os'
import type { Figure, Measurement, Target } from './measurement.ts'
import { median, spread } from './statistics.ts'

type Result = { readonly measurement: Measurement; readonly figures: readonly Figure[] }

/** What `--json` prints. */
export function reportOf(results: readonly Result[]) {
  return {
    at: new Date().toISOString(),
    node: process.version,
    cpus: cpus().length,
    /** Programs that wanted a processor in the last minute: above `cpus` the machine was busy. */
    load: Number(loadavg()[0]?.toFixed(1)),
    measurements: results.map(({ measurement: { name, unit, floor }, figures }) => ({
      name,
      floor,
      figures: figures.map((figure) => lineOf(unit, figure)),
    })),
  }
}

export type Report = ReturnType<typeof reportOf>

function lineOf(usualUnit: string, { name, unit = usualUnit, samples, floors, target }: Figure) {
  const value = median(samples)
  const beside = floors.map((floor) => {
    const floorValue = median(floor.samples)
    return { ...floor, value: floorValue, ratio: value / floorValue }
  })
  const judged = target?.of === 'ratio' ? beside[0]?.ratio : value
  return {
    name,
    unit,
    value,
    spread: spread(samples),
    samples,
    floors: beside,
    target: target ?? null,
    met: target && judged !== undefined ? isMet(judged, target) : null,
  }
}

const isMet = (value: number, { atMost, atLeast }: Target) =>
  (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast)

const heads = ['figure', 'value', 'spread', 'floor', 'of the floor', 'ratio', 'target', '']

/** Values are medians of the rounds. */
export function tableOf(report: Report): string {
  const rows = report.measurements.flatMap(({ name, figures }) =>
    figures.flatMap((figure) => rowsOf(`${name}: ${figure.name}`, figure)),
  )
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const isText = (column: number) => column === 0 || column === 3 || column > 5
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell[isText(column) ? 'padEnd' : 'padStart'](widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const machine = `Node ${report.node}, ${report.cpus} processors, load ${report.load}`
  return [line(heads), ...rows.map(line), '', `${machine}; medians of alternating rounds`].join(
    '\n',
  )
}

type Line = ReturnType<typeof lineOf>

/** One line for the figure and its first floor, one more for every other floor. */
function rowsOf(name: string, { unit, value, spread, floors, target, met }: Line) {
  const own = [name, withUnit(value, unit), `±${Math.round(spread * 100)}%`]
  const verdict = met === null ? '' : met ? 'met' : 'NOT MET'
  const judged = [target ? inWords(target, unit) : '', verdict]
  const beside = floors.map((floor) => [
    floor.name,
    withUnit(floor.value, unit),
    `${floor.ratio.toPrecision(3)} x`,
  ])
  const [first = ['', '', ''], ...others] = beside
  return [[...own, ...first, ...judged], ...others.map((other) => ['', '', '', ...other, '', ''])]
}

function withUnit(value: number, unit: string) {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2
  return `${value.toFixed(digits)} ${unit}`
}

function inWords({ of, atMost, atLeast }: Target, unit: string) {
  const sign = atMost === undefined ? '>=' : '<='
  return `${sign} ${atMost ?? atLeast} ${of === 'ratio' ? 'x floor' : unit}`
}
