import { queryPostgres } from '../../../../packages/server/src/testing/query-postgres.ts'
import { auditLedger, type LedgerRows, ledgerOf, ledgerQueries } from '../audit.ts'
import { newInstallation } from '../installation.ts'
import { startsFile } from '../small-organization.ts'
import type { Cell } from './cells.ts'
import { type CellResult, matrixRun } from './matrix-run.ts'
import { onStage } from './stage.ts'

export type MatrixReport = {
  readonly results: readonly CellResult[]
  /** What the ledgers say against what the agents noted, when all is over. */
  readonly problems: readonly string[]
}

type Options = {
  readonly cells: readonly Cell[]
  readonly postgresUrl: string
  readonly say?: (result: CellResult) => void
}

/** A task that is to become stuck must not wait for it; any other must never be thought silent. */
const stuckAfterS = { stuck: 3, any: 600 }

/** Lives every cell, on two installations side by side. */
export async function crashMatrix({ cells, ...options }: Options): Promise<MatrixReport> {
  const isStuck = ({ moment }: Cell) => moment === 'stuck'
  const isAnother = (cell: Cell) => !isStuck(cell)
  const lanes = await Promise.all([
    lane(cells.filter(isStuck), { ...options, stuckAfterS: stuckAfterS.stuck }),
    lane(cells.filter(isAnother), { ...options, stuckAfterS: stuckAfterS.any }),
  ])
  return {
    results: lanes.flatMap(({ results }) => results),
    problems: lanes.flatMap(({ problems }) => problems),
  }
}

type LaneOptions = Omit<Options, 'cells'> & { readonly stuckAfterS: number }

async function lane(
  cells: readonly Cell[],
  { postgresUrl, stuckAfterS: seconds, say = () => {} }: LaneOptions,
): Promise<MatrixReport> {
  if (cells.length === 0) return { results: [], problems: [] }
  const installation = await newInstallation()
  try {
    const env = { DELEGATION_STUCK_THRESHOLD_S: String(seconds) }
    const mostDeaths = cells.filter(({ victim }) => victim === 'server').length
    const lived = await onStage(installation, { postgresUrl, env, mostDeaths }, async (stage) => {
      const results: CellResult[] = []
      for (const cell of cells) {
        const result = await matrixRun(stage, cell)
        results.push(result)
        say(result)
      }
      return { results, databaseUrl: stage.databaseUrl }
    })
    const ledger = await readPostgres(lived.databaseUrl)
    const starts = startsFile(installation)
    return {
      results: lived.results,
      problems: await auditLedger(ledger, { starts, accepted: [] }),
    }
  } catch (error) {
    // What is left over says less than what went wrong.
    await installation.killLeftovers()
    throw error
  } finally {
    await installation.end()
  }
}

async function readPostgres(url: string) {
  const names = Object.keys(ledgerQueries) as (keyof typeof ledgerQueries)[]
  const found = await queryPostgres(url, ...names.map((name) => ledgerQueries[name]))
  return ledgerOf(Object.fromEntries(names.map((name, n) => [name, found[n] ?? []])) as LedgerRows)
}
