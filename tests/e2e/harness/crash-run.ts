import { audit } from './audit.ts'
import { type CrashPoint, crashing, pointTold } from './crash-point.ts'
import type { Installation, ServerOptions } from './installation.ts'
import { whileKeptAlive } from './kept-alive.ts'
import type { Exit } from './server-process.ts'
import { startsFile } from './small-organization.ts'

/** Something an organization does from its first start to its end. */
export type Story = {
  readonly server: ServerOptions
  /** Tells which tasks were accepted, and what is wrong with how they ended. */
  live(): Promise<{ accepted: string[]; wrong: string[] }>
}

export type CrashRun = {
  /** The points at which it died, in the words of the dying process. */
  readonly died: readonly string[]
  /** What each process printed. */
  readonly outputs: readonly string[]
  /** One line for each broken promise. */
  readonly problems: readonly string[]
}

/** Lives the story with a server that dies at each of the points, one process after another; then stops all. */
export async function crashRun(
  installation: Installation,
  { server, live }: Story,
  points: readonly (CrashPoint | undefined)[],
): Promise<CrashRun> {
  const options = (n: number): ServerOptions =>
    n < points.length ? both(server, crashing(points[n])) : server
  const { accepted, wrong, outputs } = await whileKeptAlive(
    installation,
    options,
    async ({ outputs }) => ({ ...(await live()), outputs }),
  )
  const exit = await downAfterAll(installation)
  const left = (await installation.processes()).map(({ command }) => `down left: ${command}`)
  const { dataDir } = installation
  const broken = await audit({ dataDir, starts: startsFile(installation), accepted })
  const badExit = exit.code === 0 ? [] : [`down ended with ${exit.code ?? exit.signal}`]
  return {
    died: outputs().flatMap((output) => pointTold(output) ?? []),
    outputs: outputs(),
    problems: [...wrong, ...broken, ...left, ...badExit],
  }
}

/** The point may lie in the very end of the server: then the next one ends what is left. */
async function downAfterAll(installation: Installation): Promise<Exit> {
  const exit = await installation.down()
  return exit.signal === 'SIGKILL' ? installation.down() : exit
}

const both = (one: ServerOptions, other: ServerOptions): ServerOptions => ({
  ...one,
  ...other,
  env: { ...one.env, ...other.env },
})
