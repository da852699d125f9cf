export interface Outcome {
  passed: number
  failed: number
  /** What failed, in a line each, for the end of the run, where it is read first. */
  failures: readonly string[]
  /** Names of what ran, and of what was left out. */
  ran: readonly string[]
  skipped: readonly string[]
}

/** One line of the run: a name, and work that reports how many checks it made. */
export interface Part {
  name: string
  run: () => Promise<Outcome>
}

export const nothing: Outcome = { passed: 0, failed: 0, failures: [], ran: [], skipped: [] }
export const passedOnce: Outcome = { ...nothing, passed: 1 }
export const failedOnce = (what: string): Outcome => ({ ...nothing, failed: 1, failures: [what] })
export const skippedOnce = (name: string): Outcome => ({ ...nothing, skipped: [name] })

export const sum = (outcomes: Outcome[]): Outcome => ({
  passed: outcomes.reduce((total, { passed }) => total + passed, 0),
  failed: outcomes.reduce((total, { failed }) => total + failed, 0),
  failures: outcomes.flatMap(({ failures }) => failures),
  ran: outcomes.flatMap(({ ran }) => ran),
  skipped: outcomes.flatMap(({ skipped }) => skipped),
})

/** A test for one database is left out on the other: it is skipped when it ran on neither. */
export function summarize({ passed, failed, ran, skipped }: Outcome) {
  const neverRan = new Set(skipped).difference(new Set(ran)).size
  return [
    `${passed} passed`,
    `${failed} failed`,
    ...(neverRan ? [`${neverRan} skipped`] : []),
  ].join(', ')
}

/** A run that looked at nothing has proven nothing. */
export const isGreen = ({ passed, failed }: Outcome) => failed === 0 && passed > 0

interface Timed {
  name: string
  outcome: Outcome
  seconds: string
}

export async function runParts(parts: Part[]): Promise<Outcome> {
  const done: Timed[] = []
  for (const part of parts) {
    const from = performance.now()
    console.log(`\n== ${part.name}`)
    const outcome = await part.run().catch((error: unknown) => {
      console.error(error)
      return failedOnce(String(error))
    })
    const seconds = ((performance.now() - from) / 1000).toFixed(1)
    console.log(`== ${part.name}: ${summarize(outcome)} in ${seconds} s`)
    done.push({ name: part.name, outcome, seconds })
  }
  printSummary(done)
  return sum(done.map(({ outcome }) => outcome))
}

function printSummary(done: Timed[]) {
  const width = Math.max(...done.map(({ name }) => name.length))
  console.log('')
  for (const { name, outcome } of done) {
    for (const failure of outcome.failures) console.log(`failed in ${name}: ${failure}`)
  }
  for (const { name, outcome, seconds } of done) {
    console.log(`${name.padEnd(width)} ${seconds.padStart(7)} s  ${summarize(outcome)}`)
  }
}
