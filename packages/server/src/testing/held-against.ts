import process from 'node:process'
import { afterAll, test } from 'vitest'
import { backendConformance, type Given, type May } from '../backend/conformance.ts'

/** Holds what every backend promises against one, or skips it loudly; a line of the run says which. */
export function heldAgainst(
  name: string,
  given: Given,
  whyNot: string | undefined,
  may: Partial<May> = {},
) {
  if (whyNot === undefined) backendConformance(name, given, may)
  else test.skip(`${name} as a backend: ${whyNot}`, () => {})
  afterAll(() => {
    const outcome = whyNot === undefined ? 'held' : `SKIPPED: ${whyNot}`
    process.stdout.write(`every backend promise | ${name.padEnd(20)} | ${outcome}\n`)
  })
}
