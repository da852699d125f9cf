import process from 'node:process'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../packages/server/src/testing/postgres.ts'
import { type Cell, matrixCells, moments, victims } from './harness/matrix/cells.ts'
import { crashMatrix, type MatrixReport } from './harness/matrix/matrix.ts'
import type { CellResult } from './harness/matrix/matrix-run.ts'

const usage = `Usage: npm run crash-matrix -- [--runs N] [--seed N] [--only MOMENT/VICTIM]
Brings tasks to every moment of their life, kills or cuts something there, and checks that nothing is lost, nothing
done twice, and everybody told. Moments: ${moments.join(', ')}.
Victims: ${victims.join(', ')}.`

const say = (line: string) => process.stdout.write(`${line}\n`)

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '200' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

const nameOf = ({ moment, victim }: Cell) => `${moment}/${victim}`

function wantedCells(): Cell[] {
  const size = { runs: Number(values.runs), seed: Number(values.seed) }
  if (values.only === undefined) return matrixCells(size)
  const all = matrixCells({ ...size, runs: size.runs * moments.length * victims.length })
  return all.filter((cell) => nameOf(cell) === values.only).slice(0, size.runs)
}

function sayResult({ cell, ms, problems }: CellResult): void {
  const verdict = problems.length === 0 ? 'passed' : 'FAILED'
  const seconds = (ms / 1000).toFixed(1)
  say(`${String(cell.no).padStart(4)} ${nameOf(cell).padEnd(24)} ${verdict} ${seconds} s`)
  for (const problem of problems) say(`     ${problem}`)
}

/** Runs that kept every promise, of all, in each cell. */
function sayTable({ results }: MatrixReport): void {
  say('')
  say(['', ...victims].map((word) => word.padStart(12)).join(''))
  for (const moment of moments) {
    const row = victims.map((victim) => {
      const all = results.filter(({ cell }) => cell.moment === moment && cell.victim === victim)
      const kept = all.filter(({ problems }) => problems.length === 0)
      return `${kept.length}/${all.length}`
    })
    say([moment, ...row].map((word) => word.padStart(12)).join(''))
  }
}

async function walk(): Promise<boolean> {
  const postgres = await startPostgres()
  try {
    const cells = wantedCells()
    const report = await crashMatrix({ cells, postgresUrl: postgres.url, say: sayResult })
    sayTable(report)
    for (const problem of report.problems) say(`VIOLATION ${problem}`)
    const failed = report.results.filter(({ problems }) => problems.length > 0).length
    say(`${report.results.length - failed} passed, ${failed + report.problems.length} failed`)
    return failed === 0 && report.problems.length === 0 && report.results.length > 0
  } finally {
    await postgres.stop()
  }
}

if (values.help) say(usage)
else process.exitCode = (await walk()) ? 0 : 1
