import { expect } from 'vitest'
import type { Installation, ServerOptions } from './installation.ts'

/** Starts a server that must refuse to; answers what it printed, which is words for a person and no stack. */
export async function refusedStart(
  installation: Installation,
  options: ServerOptions = {},
  expectedCode = 1,
): Promise<string> {
  const server = installation.launch(options)
  const { code } = await server.ended
  const output = server.output()
  expect(code, output).toBe(expectedCode)
  expect(output).toMatch(/^Molecule cannot start\. \S/m)
  expect(output).not.toMatch(/^\s+at .*:\d+/m)
  return output
}
