import { expect, test } from 'vitest'
import { givenRepository, noProgress } from '../testing/given-repository.ts'
import { findDuplicates } from './duplicates.ts'
import { reviewCode } from './review-code.ts'
import { shapeOf } from './shape.ts'
import { sourcesOf } from './source.ts'

const fileCount = 5_000
const linesEach = 60

/** Much alike, as real code is: every fifth line occurs in all files. */
function manyFiles() {
  const line = (file: number, n: number) =>
    n % 5 === 0 ? '  return state.next(value)' : `  run${n}(state, part${file}, ${n})`
  return Object.fromEntries(
    Array.from({ length: fileCount }, (_file, file) => [
      `src/part-${file}.ts`,
      Array.from({ length: linesEach }, (_line, n) => line(file, n)).join('\n'),
    ]),
  )
}

test('the work of a review grows with the lines of a repository, not with their square', async () => {
  const repository = givenRepository(manyFiles())

  const shapes = [...sourcesOf(repository)].map(shapeOf)
  const { compared } = findDuplicates(shapes)

  expect(shapes).toHaveLength(fileCount)
  expect(compared).toBeLessThan(2 * fileCount * linesEach)
})

test('every file is read once', async () => {
  const repository = givenRepository(manyFiles())

  await reviewCode(repository, noProgress)

  expect(repository.reads.size).toBe(fileCount)
  expect(Math.max(...repository.reads.values())).toBe(1)
})
