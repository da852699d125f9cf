import { expect, onTestFinished, test } from 'vitest'
import { startPostgres } from '../../packages/server/src/testing/postgres.ts'
import { isMissing } from '../../scripts/test/system-packages.ts'
import { type Cell, matrixCells, moments, victims } from './harness/matrix/cells.ts'
import { crashMatrix } from './harness/matrix/matrix.ts'
import { promise } from './requirements.ts'

const runs = 20
const seed = 5
const patienceMs = 600_000

test(
  `${promise('R-05', 'R-06', 'R-35')} whatever dies at whatever moment of a task (npm run crash-matrix), nothing is lost or done twice, and its caller hears of it once`,
  async (context) => {
    if (isMissing('postgresql-15'))
      context.skip('needs PostgreSQL 15: apt-get install postgresql-15')
    const postgres = await startPostgres()
    onTestFinished(() => postgres.stop())
    const cells = matrixCells({ runs, seed })

    const { results, problems } = await crashMatrix({ cells, postgresUrl: postgres.url })

    const broken = results.filter((result) => result.problems.length > 0)
    expect(broken).toEqual([])
    expect(problems).toEqual([])
    expect(results).toHaveLength(runs)
  },
  patienceMs,
)

const nameOf = ({ moment, victim }: Cell) => `${moment}/${victim}`

test('two hundred runs strike every moment with every victim, at least three times', () => {
  const times = Map.groupBy(matrixCells({ runs: 200, seed: 1 }), nameOf)

  const counts = [...times.values()].map((cells) => cells.length)
  expect(times.size).toBe(moments.length * victims.length)
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(3)
})

test('the same seed strikes in the same order, and another one in another', () => {
  const one = matrixCells({ runs: 45, seed: 1 })

  expect(matrixCells({ runs: 45, seed: 1 })).toEqual(one)
  expect(matrixCells({ runs: 45, seed: 2 })).not.toEqual(one)
})
