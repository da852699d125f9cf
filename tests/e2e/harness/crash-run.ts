import { audit } from './audit.ts'
import { type CrashPoint, crashing, pointTold } from './crash-point.ts'
import type { Installation } from './installation.ts'
import { whileKeptAlive } from './kept-alive.ts'
import {
  askOnce,
  patientClient,
  smallOrganization,
  startsFile,
  whenEnded,
} from './small-organization.ts'

export type CrashRun = {
  /** The points at which it died, in the words of the dying process. */
  readonly died: string[]
  readonly problems: string[]
}

const requests = ['first', 'second']
const answerTo = (text: string) =>
  `Worker 1: completed done: ${text}\nWorker 2: completed done: ${text}`

/** The whole life of a small organization, with a server that dies at each of the points, one process after another. */
export async function crashRun(
  installation: Installation,
  points: readonly (CrashPoint | undefined)[],
): Promise<CrashRun & { outputs: string[] }> {
  const options = (n: number) => (n < points.length ? crashing(points[n]) : {})
  const { accepted, wrong, outputs } = await whileKeptAlive(installation, options, async (kept) => {
    const { lead } = await smallOrganization(installation)
    const client = await patientClient(installation)
    const accepted = await Promise.all(requests.map((text) => askOnce(client, lead, text)))
    const tasks = await Promise.all(accepted.map((id) => whenEnded(client, id)))
    const wrong = tasks
      .filter(({ text, result }) => result !== answerTo(text))
      .map(({ id, status, result, error }) =>
        JSON.stringify({ wrongAnswer: id, status, result, error }),
      )
    return { accepted, wrong, outputs: kept.outputs }
  })
  const exit = await installation.down()
  const left = (await installation.processes()).map(({ command }) => `down left: ${command}`)
  const { dataDir } = installation
  const broken = await audit({ dataDir, starts: startsFile(installation), accepted })
  return {
    died: outputs().flatMap((output) => pointTold(output) ?? []),
    problems: [
      ...wrong,
      ...broken,
      ...left,
      ...(exit.code === 0 ? [] : [`down ended with ${exit.code}`]),
    ],
    outputs: outputs(),
  }
}
