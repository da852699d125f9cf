import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { leftovers, type Place } from './leftovers.ts'
import { type Outcome, type Part, sum } from './part.ts'
import { show } from './program.ts'

interface Suite {
  name: string
  projects: string[]
  /** A command that the suite runs under, such as one that starts a database first. */
  under?: string[]
}

/** Vitest over some projects. What the tests leave behind fails the suite. */
export function suite({ name, projects, under = [] }: Suite, place: Place): Part {
  const report = `.cache/test/${name.replace(/\W+/g, '-')}.json`
  return {
    name,
    run: async () => {
      mkdirSync(dirname(report), { recursive: true })
      rmSync(report, { force: true })
      const [command = 'node', ...args] = [...under, 'node', ...vitest(projects, report)]
      const ok = await show(command, args, { TMPDIR: place.folder })
      return sum([outcomeOf(report, ok), await leftovers(place)])
    },
  }
}

const vitest = (projects: string[], report: string) => [
  'node_modules/vitest/vitest.mjs',
  'run',
  ...projects.flatMap((project) => ['--project', project]),
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
]

interface Report {
  testResults: {
    name: string
    status: string
    message: string
    assertionResults: { fullName: string; status: string }[]
  }[]
}

/** A file that does not load, an unhandled error or a run without tests fails, whatever the tests say. */
function outcomeOf(report: string, ok: boolean): Outcome {
  const { testResults }: Report = JSON.parse(readFileSync(report, 'utf8'))
  const tests = testResults.flatMap(({ name: file, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ name: `${file}: ${fullName}`, status })),
  )
  const named = (...wanted: string[]) =>
    tests.filter(({ status }) => wanted.includes(status)).map(({ name }) => name)
  const passed = named('passed').length
  const failed = named('failed').length
  const ran = named('passed', 'failed')
  const skipped = tests.map(({ name }) => name).filter((name) => !ran.includes(name))
  const unsaid = failed === 0 && (!ok || passed === 0) ? whyBroken(testResults) : []
  return {
    passed,
    failed: failed + unsaid.length,
    failures: [...named('failed'), ...unsaid],
    ran,
    skipped,
  }
}

/** A file can fail outside of its tests, and a run outside of its files. */
function whyBroken(testResults: Report['testResults']): string[] {
  const files = testResults
    .filter(({ status }) => status === 'failed')
    .map(({ name, message }) => `${name}: ${message.split('\n')[0]}`)
  return files.length > 0 ? files : ['an error outside of the tests, told above']
}
