import { plainEnv, startProgram } from '../product/program.ts'

/** A Node process that does nothing, for as long as its block lasts. */
export const emptyNode = (signal: AbortSignal) =>
  startProgram(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { env: plainEnv, signal })

/** From the start of a Node process that has nothing to do to its end. */
export async function emptyStart(signal: AbortSignal) {
  await using program = startProgram(process.execPath, ['-e', '0'], { env: plainEnv, signal })
  await program.ended
}
