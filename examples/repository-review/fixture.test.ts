import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildCleanRepository, buildFlawedRepository, plantedFlaws } from './fixture.ts'
import { reviewCode } from './src/code/review-code.ts'
import { reviewDependencies } from './src/dependencies/review-dependencies.ts'
import { mergeFindings } from './src/finding.ts'
import { reviewHistory } from './src/history/review-history.ts'
import { openRepository } from './src/repository/repository.ts'
import { reviewSecrets } from './src/secrets/review-secrets.ts'

const reviewers = [reviewSecrets, reviewDependencies, reviewCode, reviewHistory]
const { signal } = new AbortController()
const folder = mkdtempSync(join(tmpdir(), 'repository-review-'))
const flawed = join(folder, 'flawed')
const clean = join(folder, 'clean')

beforeAll(() => {
  for (const path of [flawed, clean]) mkdirSync(path)
  buildFlawedRepository(flawed)
  buildCleanRepository(clean)
})

afterAll(() => rmSync(folder, { recursive: true }))

/** What all specialists find, in the order the report shows it. */
async function review(path: string, gitProgram = 'git') {
  const repository = await openRepository(path, { signal, gitProgram })
  const reviews = []
  for (const reviewer of reviewers)
    reviews.push(await reviewer(repository, { signal, step: async () => {} }))
  const findings = mergeFindings(reviews.flatMap((one) => one.findings))
  return { findings, notes: repository.notes() }
}

const places = (found: readonly { rule: string; file: string; line: number }[]) =>
  found.map(({ rule, file, line }) => `${rule} ${file}:${line}`).sort()

test('all planted flaws are found at their file and line, and nothing else is', async () => {
  const { findings, notes } = await review(flawed)

  expect(plantedFlaws).toHaveLength(12)
  expect(places(findings)).toEqual(places(plantedFlaws))
  expect(notes).toEqual([])
})

test('a flaw that is only in the history names its commit', async () => {
  const { findings } = await review(flawed)

  const past = findings.filter((finding) => finding.commit !== undefined)
  expect(places(past)).toEqual(places(plantedFlaws.filter((flaw) => flaw.needsGit)))
  expect(past.every(({ commit }) => /^[0-9a-f]{40}$/.test(commit ?? ''))).toBe(true)
})

test('no finding repeats a secret', async () => {
  const { findings } = await review(flawed)

  const told = JSON.stringify(findings)
  expect(told).not.toMatch(/AKIA[A-Z2-7]{4}|npm_[A-Za-z0-9]{4}/)
})

test('a well-kept repository gives no finding', async () => {
  const { findings, notes } = await review(clean)

  expect(findings).toEqual([])
  expect(notes).toEqual([])
})

test('without the git program the flaws in the files are found, and the gap is told', async () => {
  const { findings, notes } = await review(flawed, 'no-such-git')

  expect(places(findings)).toEqual(places(plantedFlaws.filter((flaw) => !flaw.needsGit)))
  expect(notes).toEqual([
    'The git program is not installed: the files were reviewed, the history was not.',
  ])
})

test('outside a git repository the files are reviewed, and the gap is told', async () => {
  rmSync(join(clean, '.git'), { recursive: true })

  const { findings, notes } = await review(clean)

  expect(findings).toEqual([])
  expect(notes).toEqual([
    'This folder is not a git repository: the files were reviewed, the history was not.',
  ])
})
