export interface Outcome {
  passed: number
  failed: number
  skipped: number
}

/** One line of the run: a name, and work that reports how many checks it made. */
export interface Part {
  name: string
  run: () => Promise<Outcome>
}

export const nothing: Outcome = { passed: 0, failed: 0, skipped: 0 }
export const passedOnce: Outcome = { ...nothing, passed: 1 }
export const failedOnce: Outcome = { ...nothing, failed: 1 }
export const skippedOnce: Outcome = { ...nothing, skipped: 1 }

export const sum = (outcomes: Outcome[]): Outcome =>
  outcomes.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    nothing,
  )

export const summarize = ({ passed, failed, skipped }: Outcome) =>
  [`${passed} passed`, `${failed} failed`, ...(skipped ? [`${skipped} skipped`] : [])].join(', ')

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
      return failedOnce
    })
    const seconds = ((performance.now() - from) / 1000).toFixed(1)
    console.log(`== ${part.name}: ${summarize(outcome)} in ${seconds} s`)
    done.push({ name: part.name, outcome, seconds })
  }
  printTimes(done)
  return sum(done.map(({ outcome }) => outcome))
}

function printTimes(done: Timed[]) {
  const width = Math.max(...done.map(({ name }) => name.length))
  console.log('')
  for (const { name, outcome, seconds } of done) {
    console.log(`${name.padEnd(width)} ${seconds.padStart(7)} s  ${summarize(outcome)}`)
  }
}
